# Lets the node's tasks use the private keys of the certificates that the Key Vault extension or Batch installed. Run as
# an administrator or SYSTEM, any number of times. The subject lies in a file: a scheduled task has no task's environment.
param([string] $Subject = [IO.File]::ReadAllText("$PSScriptRoot\..\certificate-subject.txt"))

$ErrorActionPreference = 'Stop'
. "$PSScriptRoot\node.ps1"

# The group of all task users (azure-docs articles/batch/best-practices.md, System-created resources): task users
# themselves come and go and have no stable names.
$taskUsers = 'WATaskCommon'

foreach ($certificate in @(Get-SubjectCertificate $Subject)) {
    $key = [Security.Cryptography.X509Certificates.RSACertificateExtensions]::GetRSAPrivateKey($certificate)
    if ($key -is [Security.Cryptography.RSACng]) {
        $file = "$env:ProgramData\Microsoft\Crypto\Keys\$($key.Key.UniqueName)"
    } else {
        $file = "$env:ProgramData\Microsoft\Crypto\RSA\MachineKeys\$($key.CspKeyContainerInfo.UniqueKeyContainerName)"
    }
    # Read is enough to sign with a key, and too little to change or delete it.
    icacls.exe $file /grant "${taskUsers}:(R)" /q | Out-Null
    if ($LASTEXITCODE -ne 0) {
        throw "icacls could not let $taskUsers read the private key of $($certificate.Thumbprint): exit code $LASTEXITCODE"
    }
}
