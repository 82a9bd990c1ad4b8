using System.Globalization;
using Lathe.Ir;

namespace Lathe.Codegen.Package;

/// <summary>The class State of a model whose inputs are fed from its outputs run after run, and the Run that takes one: two arrays for each state, which change places.</summary>
public sealed class StateClass(ClassOptions options, IReadOnlyList<ClassTensor> inputs, IReadOnlyList<ClassTensor> outputs, IReadOnlyList<(Symbol Symbol, string Pascal)> dimensions)
{
    private readonly List<(ClassTensor Input, ClassTensor Output)> states = [.. options.States.Select(s => (inputs.First(t => t.Value.Name == s.Input), outputs.First(t => t.Value.Name == s.Output)))];

    /// <summary>Pairs of input and output that are a state by their names and types: h and hN, h and h_out, past_k and present_k, h_in and h_out, and others of the kind.</summary>
    public static Seq<(string Input, string Output)> Guess(Seq<Value> inputs, Seq<Value> outputs) =>
    [
        .. from input in inputs
           let output = outputs.FirstOrDefault(o => o.Name != input.Name && Names(input.Name).Contains(o.Name) && Alike(input.Type, o.Type))
           where output is not null && input.Type.Rank > 0
           select (input.Name, output.Name),
    ];

    /// <summary>Whether what an output leaves is what the input takes in the next run.</summary>
    public static bool Alike(TensorType input, TensorType output) => input.IsStatic && output.IsStatic && input.Scalar == output.Scalar && input.Shape.SequenceEqual(output.Shape);

    public void Print(Action<string> line, Action open, Action close, Action<string, IEnumerable<(string, string)>> doc)
    {
        var own = inputs.Where(t => states.All(s => s.Input != t)).Concat(outputs.Where(t => states.All(s => s.Output != t))).ToList();
        var late = outputs.Where(t => t.IsLate).Select(t => t.CamelShape).ToList();
        var dims = string.Concat(dimensions.Select(d => $"long {CSharpNames.Camel(d.Pascal)}, "));
        doc("Runs once over a stream: states come from the run before and are left for the next.", [("state", "Of this stream, used by one thread at a time.")]);
        line($"public void Run(State state, {dims}{string.Concat(own.Select(t => $"{t.Span} {t.Camel}, "))}{string.Concat(late.Select(shape => $"global::System.Span<long> {shape}, "))}global::Lathe.Runtime.RunOptions options = default)");
        open();
        line($"Run({string.Concat(dimensions.Select(d => CSharpNames.Camel(d.Pascal) + ", "))}{string.Concat(inputs.Concat(outputs).Select(Argument).Concat(late).Select(argument => argument + ", "))}options);");
        line("state.Step();");
        close();
        line("");
        doc($"What {options.Source} keeps from run to run: {string.Join(", ", states.Select(s => s.Input.Value.Name))}; zero at first.", []);
        line("public sealed class State");
        open();
        foreach (var (input, _) in states) line($"internal {input.Type.Name}[] {input.Camel} = new {input.Type.Name}[{Length(input)}], {Next(input)} = new {input.Type.Name}[{Length(input)}];");
        foreach (var (input, _) in states)
        {
            line("");
            doc($"What the next run gets as {input.Described}.", []);
            line($"public global::System.Span<{input.Type.Name}> {input.Pascal} => {input.Camel};");
        }
        line("");
        doc("Begins anew, with zeros.", []);
        line("public void Reset()");
        open();
        foreach (var (input, _) in states) line($"global::System.Array.Clear({input.Camel});");
        close();
        line("");
        line("internal void Step()");
        open();
        foreach (var (input, _) in states) line($"({input.Camel}, {Next(input)}) = ({Next(input)}, {input.Camel});");
        close();
        close();
        line("");
    }

    private string Argument(ClassTensor tensor) =>
        states.Find(s => s.Input == tensor) is { Input: { } read } ? $"state.{read.Camel}"
        : states.Find(s => s.Output == tensor) is { Input: { } written } ? $"state.{Next(written)}" : tensor.Camel;

    private static string Next(ClassTensor input) => CSharpNames.Camel("Next" + input.Pascal);

    private static string Length(ClassTensor tensor) => tensor.Type.Count(tensor.Value.Type.Scalar, tensor.Value.Type.Count).ToString(CultureInfo.InvariantCulture);

    private static IEnumerable<string> Names(string input) =>
    [
        input + "N", input + "n", input + "_n", input + "_out", input + "_next", "new_" + input, "next_" + input, "out_" + input, input + ".1",
        input.Replace("past", "present", StringComparison.Ordinal), input.Replace("_in", "_out", StringComparison.Ordinal), input.Replace("in_", "out_", StringComparison.Ordinal), input.Replace("input", "output", StringComparison.Ordinal),
    ];
}
