namespace Lathe.Benchmarks;

/// <summary>Something a benchmark needs is missing or failed; the message says what and how to get it.</summary>
public sealed class BenchmarkException(string message) : Exception(message);
