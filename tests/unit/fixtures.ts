/** A certificate with the subject CN=batch-keyvault; its key was thrown away. */
export const certificatePem = `-----BEGIN CERTIFICATE-----
MIIDEzCCAfugAwIBAgIUYt0JCZ7uRGCfcOpIWm4eKFyCarswDQYJKoZIhvcNAQEL
BQAwGTEXMBUGA1UEAwwOYmF0Y2gta2V5dmF1bHQwHhcNMjYxMTI0MTExMDIyWhcN
MzYxMTIxMTExMDIyWjAZMRcwFQYDVQQDDA5iYXRjaC1rZXl2YXVsdDCCASIwDQYJ
KoZIhvcNAQEBBQADggEPADCCAQoCggEBANSbQxuMAxGqbjq9/MHuLLcr8gqvNZRd
UixGKXwiYOj4HKVts7gHvvlqFDAtQXUkd4sNzZ77ZSyvC3El02MmyavA4ggKBtdp
hIOhgMlagkAQMFxMdjoB3tg0qc5+dvuePhcxE3lNEkGTZaoWYAdMK9gOzwxRqfhf
vtHcWdlb1td5eRVKQeFmBWX49pW84NRZsWbKixHBZYUAHgtu1HahYzxR1yWXkBDI
SGV2ivuUOAx6CIfAvTwXbwAoquxdusGboZRimG9d+lfwCFE4gCAZ+9kfQXpZUxp9
qBK9gs8jD0fbLSF9ko8XGfVMFz2mALmSAGDjUb/fP9UN44pjOCYCTm8CAwEAAaNT
MFEwHQYDVR0OBBYEFLz++O1e0PS1m3R3fuAcq38bitqEMB8GA1UdIwQYMBaAFLz+
+O1e0PS1m3R3fuAcq38bitqEMA8GA1UdEwEB/wQFMAMBAf8wDQYJKoZIhvcNAQEL
BQADggEBANJ1DAaiQWsIpbUXyobkEfnV+ddS+qvOP3uqIPGECYbo+Y+c5Pu2wuSD
/d1EferyUKy27Bvhrcr4Wr/BTB1dfoIw/c+3FfNJpjPyyrAfJgYgTN3G+oS79bRs
A04PyRrP9XPGD05vodYQfNQVheNkcTXfjMsnTur8S+o7z9l8jDFlDcV+SVKgRsKX
vTan9YhDUc9/3EAnugPLicrHuGasAEOVQeZJD8UEmyp+r4P5q1C/N5hrj18k3olE
Hqm9QHoVgk0+uk5bnH55y2I6WYQtc/V2ikIj6bWrqvPNOIHkxPanaSD2ZItkFhaF
42/2EUOZnUkK33EX94jOygji1EwosSk=
-----END CERTIFICATE-----
`;

/** As `openssl x509 -fingerprint -sha1` tells it, without the colons. */
export const certificateThumbprint = "69D602E54F40C8A8C295B6DAF4B6BDF35DA8CED7";

export const validity = {
  /** tls gives fractions, and the offset of the machine it runs on. */
  asTlsGivesIt: {
    validityStartTime: "2026-11-24T13:00:32.334910811+02:00",
    validityEndTime: "2027-11-24T13:00:32.334910811+02:00",
  },
  notBefore: "2026-11-24T11:00:32Z",
  notAfter: "2027-11-24T11:00:32Z",
} as const;

export const clientIds = {
  application: "aaaaaaaa-0000-4000-8000-000000000001",
  identity: "bbbbbbbb-0000-4000-8000-000000000002",
} as const;
