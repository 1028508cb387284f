# Prepares a Windows node for tasks that read Key Vault secrets; run elevated, any number of times.
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'

# How long the Key Vault extension, or Batch, may take to install the first certificate.
$certificateWaitSeconds = 600
# How often certificates that came later are given to the tasks.
$grantIntervalMinutes = 5

$nodeHome = $env:BATCH_KEYVAULT_HOME

function Install-NodeFile {
    New-Item -ItemType Directory -Force "$nodeHome\bin" | Out-Null
    # By its identifier, since these names are translated: SYSTEM and Administrators change, Users read and run. Without
    # this any user could add files beside scripts that SYSTEM runs.
    icacls.exe $nodeHome /inheritance:r /grant:r '*S-1-5-18:(OI)(CI)F' '*S-1-5-32-544:(OI)(CI)F' '*S-1-5-32-545:(OI)(CI)RX' /q | Out-Null
    if ($LASTEXITCODE -ne 0) { throw "icacls could not protect ${nodeHome}: exit code $LASTEXITCODE" }
    [IO.File]::WriteAllText("$nodeHome\bin\node.ps1", $env:BATCH_KEYVAULT_FILE_NODE_PS1)
    [IO.File]::WriteAllText("$nodeHome\bin\get-secret.ps1", $env:BATCH_KEYVAULT_FILE_GET_SECRET_PS1)
    [IO.File]::WriteAllText("$nodeHome\bin\grant-key-access.ps1", $env:BATCH_KEYVAULT_FILE_GRANT_KEY_ACCESS_PS1)
}

function Get-MissingModule {
    $RequiredModules | Where-Object { -not (Get-Module -ListAvailable -FullyQualifiedName $_) }
}

# A node without internet brings the modules as modules.zip, made by Save-Module, in a resource file or an application package.
function Find-ModuleBundle {
    $folders = @($env:AZ_BATCH_TASK_WORKING_DIR) + @(Get-ChildItem Env:AZ_BATCH_APP_PACKAGE_* | ForEach-Object { $_.Value })
    $folders | Where-Object { $_ } | ForEach-Object { Join-Path $_ 'modules.zip' } | Where-Object { Test-Path $_ } | Select-Object -First 1
}

function Install-FromGallery {
    [Net.ServicePointManager]::SecurityProtocol = [Net.ServicePointManager]::SecurityProtocol -bor [Net.SecurityProtocolType]::Tls12
    Install-PackageProvider -Name NuGet -MinimumVersion 2.8.5.201 -Scope AllUsers -Force | Out-Null
    # Az.Accounts comes first, so that Az.KeyVault finds what it depends on and does not bring another major of it.
    foreach ($module in Get-MissingModule) {
        Install-Module -Name $module.ModuleName -MinimumVersion $module.ModuleVersion -MaximumVersion $module.MaximumVersion -Repository PSGallery -Scope AllUsers -AllowClobber -Force
    }
}

function Install-MissingModule {
    if (-not (Get-MissingModule)) { return }
    $bundle = Find-ModuleBundle
    if ($bundle) {
        Expand-Archive -Path $bundle -DestinationPath "$env:ProgramFiles\WindowsPowerShell\Modules" -Force
    } else {
        Install-FromGallery
    }
    $missing = @(Get-MissingModule | ForEach-Object { "$($_.ModuleName) $($_.ModuleVersion) to $($_.MaximumVersion)" })
    if ($missing) {
        $source = if ($bundle) { $bundle } else { 'the gallery' }
        throw "found no $($missing -join ', ') after installing from $source, expected all of them"
    }
}

function Wait-Certificate {
    $deadline = (Get-Date).AddSeconds($certificateWaitSeconds)
    while (-not (Get-SubjectCertificate $env:CERTIFICATE_SUBJECT | Where-Object { Test-Valid $_ })) {
        if ((Get-Date) -ge $deadline) {
            throw "found no valid certificate with subject $env:CERTIFICATE_SUBJECT in Cert:\LocalMachine\My after $certificateWaitSeconds seconds, expected the Key Vault extension, or Batch for a certificate of its account, to install one"
        }
        Start-Sleep -Seconds 2
    }
}

# The extension grants only to accounts named when the pool was made, so later versions are granted here.
function Register-Grant {
    $script = "-NoProfile -NonInteractive -ExecutionPolicy Bypass -File `"$nodeHome\bin\grant-key-access.ps1`""
    $action = New-ScheduledTaskAction -Execute 'powershell.exe' -Argument $script
    $trigger = New-ScheduledTaskTrigger -Once -At (Get-Date) -RepetitionInterval (New-TimeSpan -Minutes $grantIntervalMinutes)
    $system = New-ScheduledTaskPrincipal -UserId 'S-1-5-18' -LogonType ServiceAccount -RunLevel Highest
    Register-ScheduledTask -TaskName 'batch-keyvault-grant-key-access' -Action $action -Trigger $trigger -Principal $system -Force | Out-Null
}

# The keys of certificates are for administrators at first.
function Open-Certificate {
    [IO.File]::WriteAllText("$nodeHome\certificate-subject.txt", (Get-Setting 'CERTIFICATE_SUBJECT'))
    Wait-Certificate
    & "$nodeHome\bin\grant-key-access.ps1"
    Register-Grant
}

# Each in a process of its own, which takes its text from the environment: nothing has to be quoted. A failed cmdlet ends
# it, and so does the exit code of the program that ran last.
function Invoke-StartCommand {
    Get-ChildItem Env:BATCH_KEYVAULT_FILE_* | Remove-Item
    for ($number = 1; $command = [Environment]::GetEnvironmentVariable("BATCH_KEYVAULT_COMMAND_$number"); $number++) {
        $env:BATCH_KEYVAULT_COMMAND = $command
        powershell.exe -NoProfile -NonInteractive -ExecutionPolicy Bypass -Command '$ErrorActionPreference = ''Stop''; & ([scriptblock]::Create($env:BATCH_KEYVAULT_COMMAND)); exit $LASTEXITCODE'
        if ($LASTEXITCODE -ne 0) { throw "command $number of startTask.commands ended with exit code $LASTEXITCODE" }
    }
}

try {
    Install-NodeFile
    . "$nodeHome\bin\node.ps1"
    $access = Get-AccessMode
    Install-MissingModule
    if ($access -eq 'certificate') { Open-Certificate }
    Invoke-StartCommand
} catch {
    [Console]::Error.WriteLine("start task: $("$_" -replace '\s+', ' ')")
    exit 1
}
exit 0
