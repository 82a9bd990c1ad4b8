using Lathe.Ir;

namespace Lathe.Codegen.Package;

/// <summary>The codes a model's functions return and what <c>NAME_error</c> says of each: a kind times 1000 plus the number of the tensor or guard.</summary>
public static class ErrorCodes
{
    public const int MissingArgument = 1, BadWorkspace = 2, WeightsMissing = 3, WeightsDiffer = 4, Cancelled = 5, DimensionsDiffer = 6, HostUnknown = 7, ProcessorUnknown = 8;
    public const int InputMissing = 1000, InputShape = 2000, InputStrides = 3000, InputAlignment = 4000, OutputMissing = 5000, OutputCapacity = 6000, OutputStrides = 7000, OutputAlignment = 8000, Guard = 9000, DimensionRange = 10000, OutputOverlap = 11000, Refused = 12000;

    /// <summary>Every code of a model with its text, in order of code.</summary>
    /// <param name="program">The model.</param>
    /// <param name="strided">Which tensors take strides.</param>
    /// <param name="refusal">What a processor that cannot run the code is told.</param>
    public static IEnumerable<(int Code, string Text)> Of(Program program, StridedKernels strided, string refusal)
    {
        yield return (0, "done");
        yield return (MissingArgument, "a required argument is NULL");
        yield return (BadWorkspace, "the workspace is NULL or not aligned to 64 bytes");
        yield return (WeightsMissing, "the file of weights cannot be opened");
        yield return (WeightsDiffer, "the file of weights is not the one this library was compiled with");
        yield return (Cancelled, "the host cancelled the run");
        yield return (DimensionsDiffer, "the dimensions given are not those of the inputs' shapes");
        yield return (HostUnknown, "the host's size or abi is not that of lathe.h: set both, or give NULL");
        yield return (ProcessorUnknown, refusal);
        foreach (var (i, value) in program.Inputs.Index()) yield return (InputMissing + i, $"input '{value.Name}' has no data or no shape");
        foreach (var (i, value) in program.Inputs.Index()) yield return (InputShape + i, $"input '{value.Name}' must have the shape {Shape(program, value)}");
        foreach (var (i, value) in program.Inputs.Index()) yield return (InputStrides + i, $"input '{value.Name}' {Strides(value)}");
        foreach (var (i, value) in program.Inputs.Index()) yield return (InputAlignment + i, $"input '{value.Name}' must be aligned to its elements of {value.Type.Scalar.Text}");
        foreach (var (i, value) in program.Outputs.Index()) yield return (OutputMissing + i, $"output '{value.Name}' has no data or no shape");
        foreach (var (i, value) in program.Outputs.Index()) yield return (OutputCapacity + i, $"output '{value.Name}' has too small a capacity; the bytes it needs were written there");
        foreach (var (i, value) in program.Outputs.Index()) yield return (OutputStrides + i, $"output '{value.Name}' {Strides(value)}{(strided.Takes(value) ? ", or that lay two elements on one another" : "")}");
        foreach (var (i, value) in program.Outputs.Index()) yield return (OutputAlignment + i, $"output '{value.Name}' must be aligned to its elements of {value.Type.Scalar.Text}");
        foreach (var (i, guard) in program.Guards.Index()) yield return (Guard + i, guard.Message);
        foreach (var (i, symbol) in program.Symbols.Index()) yield return (DimensionRange + i, $"a dimension is out of its range: {Range(symbol)}");
        foreach (var (i, value) in program.Outputs.Index()) yield return (OutputOverlap + i, $"output '{value.Name}' lies over another output, or over an input that is still read when it is written");
        foreach (var (i, step) in program.Steps.Flat.Where(s => s is Let or Demand).Index()) yield return (Refused + i, Refusal(step));

        string Strides(Value value) => strided.Takes(value) ? "has strides that reach beyond any memory" : "must be dense: strides NULL or those of its shape";
    }

    /// <summary>What a step of the run refuses.</summary>
    private static string Refusal(Step step) => step switch
    {
        Demand d => d.Guard.Message,
        Let { Symbol: var symbol, Most: var most } => $"{Range(symbol)}{(most is Number || Bounds.Unbounded(most).Any() ? "" : $", at most {most},")} is out of its range: the data decide it, --max {symbol.Name}=N bounds it",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>A shape as a person reads it, with the ranges of its dimensions.</summary>
    private static string Shape(Program program, Value value)
    {
        var symbols = value.Type.Shape.SelectMany(e => e.Parts()).OfType<Symbol>().Distinct().ToList();
        return $"{value.Type.Shape}{(symbols.Count == 0 ? "" : $", {string.Join(", ", symbols.Select(Range))}")}";
    }

    private static string Range(Symbol symbol) => $"{symbol.Name} in {symbol.Low}..{(symbol.High >= Symbol.Unbounded ? "" : symbol.High.ToString(System.Globalization.CultureInfo.InvariantCulture))}";
}
