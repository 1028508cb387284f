# What the scripts of this folder share. Windows PowerShell 5.1, plain ASCII: without a byte order mark it reads nothing else.

# Az.KeyVault 6.6.0 is the first on the vault's API 2026-02-01 (Azure/azure-powershell#30098); majors bring breaking changes.
$RequiredModules = @(
    @{ ModuleName = 'Az.Accounts'; ModuleVersion = '5.5.1'; MaximumVersion = '5.99.99' }
    @{ ModuleName = 'Az.KeyVault'; ModuleVersion = '6.6.0'; MaximumVersion = '6.99.99' }
)

function Get-Setting([string] $Name) {
    $value = [Environment]::GetEnvironmentVariable($Name)
    if (-not $value) {
        throw "$Name is not set: expected the environment that the stack's output taskEnvironment gives for this pool"
    }
    $value
}

# What tasks sign in with: certificate or managedIdentity. Environments from before there was a choice do not say.
function Get-AccessMode {
    $access = $env:BATCH_KEYVAULT_ACCESS
    if (-not $access) { return 'certificate' }
    if (@('certificate', 'managedIdentity') -cnotcontains $access) {
        throw "BATCH_KEYVAULT_ACCESS: found $access, expected certificate or managedIdentity"
    }
    $access
}

# A distinguished name's parts, in the one spelling that Windows gives them.
function Get-NamePart([Security.Cryptography.X509Certificates.X500DistinguishedName] $Name) {
    $Name.Format($true) -split "`r?`n" | Where-Object { $_ }
}

# The machine's certificates whose subject has every part of $Subject, newest first.
function Get-SubjectCertificate([string] $Subject) {
    $wanted = @(Get-NamePart $Subject)
    Get-ChildItem Cert:\LocalMachine\My | Where-Object {
        $parts = @(Get-NamePart $_.SubjectName)
        $_.HasPrivateKey -and -not ($wanted | Where-Object { $parts -cnotcontains $_ })
    } | Sort-Object NotBefore -Descending
}

function Test-Valid([Security.Cryptography.X509Certificates.X509Certificate2] $Certificate) {
    $now = Get-Date
    $Certificate.NotBefore -le $now -and $now -lt $Certificate.NotAfter
}

# Whether this process may sign with the certificate's key: the only way to know is to do it.
function Test-KeyAccess([Security.Cryptography.X509Certificates.X509Certificate2] $Certificate) {
    try {
        $key = [Security.Cryptography.X509Certificates.RSACertificateExtensions]::GetRSAPrivateKey($Certificate)
        $sha256 = [Security.Cryptography.HashAlgorithmName]::SHA256
        $null -ne $key.SignData([byte[]] @(0), $sha256, [Security.Cryptography.RSASignaturePadding]::Pkcs1)
    } catch {
        $false
    }
}
