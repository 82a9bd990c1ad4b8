[assembly: Lathe.Sdk.Plugin("sample_mish")]
