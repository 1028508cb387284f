# Prints one secret of the vault, read as the Entra application with a certificate of this node, or as its pool's identity.
# -Check prints a JSON line about the secret and the sign-in instead of the value. To be run as a process of its own.
param(
    [Parameter(Mandatory = $true)] [string] $Name,
    [switch] $Check
)

$ErrorActionPreference = 'Stop'
$WarningPreference = 'SilentlyContinue'
$InformationPreference = 'SilentlyContinue'
$ProgressPreference = 'SilentlyContinue'
. "$PSScriptRoot\node.ps1"

# The valid certificates whose keys this process may use, newest first.
function Get-UsableCertificate {
    $subject = Get-Setting 'CERTIFICATE_SUBJECT'
    $found = @(Get-SubjectCertificate $subject)
    $valid = @($found | Where-Object { Test-Valid $_ })
    if (-not $valid) {
        $outside = @($found | ForEach-Object { '{0} ({1:u} to {2:u})' -f $_.Thumbprint, $_.NotBefore.ToUniversalTime(), $_.NotAfter.ToUniversalTime() })
        if (-not $outside) { $outside = 'none' }
        throw "no valid certificate in Cert:\LocalMachine\My: found $($outside -join ', '), expected subject $subject"
    }
    # Until grant-key-access.ps1 has run after a fetch the newest key is closed to tasks, and the one before it goes on.
    $usable = @($valid | Where-Object { Test-KeyAccess $_ })
    if (-not $usable) {
        throw "no usable private key in Cert:\LocalMachine\My: found $($valid.Thumbprint -join ', '), expected one that this user may sign with"
    }
    $usable
}

# Signs in with the newest certificate that Entra knows, and returns it. Only AADSTS700027, the answer to a certificate
# that is not registered (yet), leads to the next one.
function Connect-Application {
    $signIn = @{
        ServicePrincipal = $true
        Tenant           = Get-Setting 'AZURE_TENANT_ID'
        ApplicationId    = Get-Setting 'AZURE_CLIENT_ID'
        Scope            = 'Process'
    }
    foreach ($certificate in Get-UsableCertificate) {
        try {
            Connect-AzAccount @signIn -CertificateThumbprint $certificate.Thumbprint | Out-Null
            return $certificate
        } catch {
            # The exception's whole text: Az wraps what Entra said.
            if ("$($_.Exception)" -notmatch 'AADSTS700027') { throw }
            $refusal = $_
        }
    }
    throw $refusal
}

# Signs in for this process only: nothing is written to disk. Returns what -Check tells about it.
function Connect-Vault {
    $access = Get-AccessMode
    Disable-AzContextAutosave -Scope Process | Out-Null
    if ($access -eq 'managedIdentity') {
        $client = Get-Setting 'AZURE_CLIENT_ID'
        Connect-AzAccount -Identity -AccountId $client -Scope Process | Out-Null
        return [ordered]@{ certificate = $null; identity = @{ clientId = $client } }
    }
    $certificate = Connect-Application
    [ordered]@{
        certificate = [ordered]@{
            thumbprint = $certificate.Thumbprint
            subject    = $certificate.Subject
            notAfter   = $certificate.NotAfter.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'")
        }
    }
}

try {
    $vault = ([Uri] (Get-Setting 'KEY_VAULT_URI')).Host.Split('.')[0]
    foreach ($module in $RequiredModules) { Import-Module -FullyQualifiedName $module }
    $signedIn = Connect-Vault
    $secret = Get-AzKeyVaultSecret -VaultName $vault -Name $Name
    # The module answers with nothing where the vault answers 404.
    if (-not $secret) { throw "SecretNotFound: found no secret $Name in vault $vault, expected one that is neither deleted nor disabled" }
    $value = (New-Object Net.NetworkCredential '', $secret.SecretValue).Password
} catch {
    [Console]::Error.WriteLine("get-secret: $("$_" -replace '\s+', ' ')")
    exit 1
}

# In UTF-8 and as it is: PowerShell's own output would be in the console's code page, with a line's end.
function Write-StandardOutput([string] $Text) {
    $bytes = [Text.Encoding]::UTF8.GetBytes($Text)
    $stream = [Console]::OpenStandardOutput()
    $stream.Write($bytes, 0, $bytes.Length)
    $stream.Flush()
}

if (-not $Check) {
    Write-StandardOutput $value
    exit 0
}
$about = [ordered]@{
    secret  = $secret.Name
    version = $secret.Version
    length  = $value.Length
}
foreach ($part in $signedIn.GetEnumerator()) { $about[$part.Key] = $part.Value }
Write-StandardOutput "$(ConvertTo-Json $about -Compress)`n"
exit 0
