runCertification()
