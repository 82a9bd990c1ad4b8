/// <summary>A text differs from its snapshot, or there is no snapshot yet. (The package's has no namespace either.)</summary>
public sealed class VerifyException(string message) : Exception(message);
