namespace Lathe.Cli;

/// <summary>The items of a data set.</summary>
/// <param name="At">An item by its number, as the input takes it, without a batch axis.</param>
internal sealed record Items(int Count, Func<int, Tensor> At);
