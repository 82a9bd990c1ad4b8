namespace Lathe.Runtime.Hosting;

/// <summary>Values do not fit an operator of the host, or a program of the host is not one.</summary>
public sealed class HostException(string message) : Exception(message);
