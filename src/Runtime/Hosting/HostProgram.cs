using System.Collections.Immutable;

namespace Lathe.Runtime.Hosting;

/// <summary>A name in a program and what is known of its value.</summary>
public sealed record HostName(string Name, HostType Type);

/// <summary>A step of a program: an operator of the host, or a compiled part.</summary>
/// <param name="Part">The part that is called; empty where an operator runs.</param>
/// <param name="Node">The operator; its bodies stand in <paramref name="Regions"/>. Null where a part is called.</param>
/// <param name="Inputs">Names of values; empty for an absent operand.</param>
/// <param name="Outputs">Names for the results; empty for one that nobody wants.</param>
/// <param name="Regions">Programs inside, by the attribute that holds the graph; they may read the names around them.</param>
public sealed record HostStep(string Part, HostNode? Node, ImmutableArray<string> Inputs, ImmutableArray<string> Outputs, ImmutableSortedDictionary<string, HostProgram> Regions)
{
    public static readonly ImmutableSortedDictionary<string, HostProgram> NoRegions = ImmutableSortedDictionary.Create<string, HostProgram>(StringComparer.Ordinal);
}

/// <summary>What the host does of a model: steps in order, on values by name. Its text is JSON: <see cref="HostProgramText"/>.</summary>
/// <param name="Constants">Values that stand in the program.</param>
public sealed record HostProgram(ImmutableArray<HostName> Inputs, ImmutableArray<HostName> Outputs, ImmutableSortedDictionary<string, HostValue> Constants, ImmutableArray<HostStep> Steps)
{
    /// <summary>Runs it once.</summary>
    /// <param name="inputs">In the order of <see cref="Inputs"/>.</param>
    /// <param name="operators">Who runs steps of the host.</param>
    /// <param name="parts">Runs a compiled part on tensors.</param>
    /// <param name="cancellation">Ends a run before its next step, in graphs inside too.</param>
    /// <exception cref="HostException">A value does not fit; it says which step.</exception>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public IReadOnlyList<HostValue> Run(IReadOnlyList<HostValue> inputs, HostOperators operators, Func<string, IReadOnlyList<HostTensor>, IReadOnlyList<HostTensor>> parts, CancellationToken cancellation = default) =>
        new Scope(this, operators, parts, null, cancellation).Run(inputs);

    /// <summary>Names and values of a program that runs, and of those around it.</summary>
    private sealed class Scope(HostProgram program, HostOperators operators, Func<string, IReadOnlyList<HostTensor>, IReadOnlyList<HostTensor>> parts, Scope? around, CancellationToken cancellation)
    {
        private readonly Dictionary<string, HostValue> values = new(StringComparer.Ordinal);

        private HostValue this[string name] => values.TryGetValue(name, out var value) ? value : program.Constants.TryGetValue(name, out value) ? value
            : around is not null ? around[name] : throw new HostException($"nothing makes {name}");

        public IReadOnlyList<HostValue> Run(IReadOnlyList<HostValue> inputs)
        {
            if (inputs.Count != program.Inputs.Length) throw new HostException($"{program.Inputs.Length} inputs are taken, {inputs.Count} are given");
            foreach (var ((name, type), value) in program.Inputs.Zip(inputs))
                values[name] = type.Fits(value) ? value : throw new HostException($"{name} must be {type}, it is {value.Kind}");
            // A graph of no steps, the body of a loop without end, is asked too.
            cancellation.ThrowIfCancellationRequested();
            foreach (var step in program.Steps)
            {
                cancellation.ThrowIfCancellationRequested();
                var results = step.Node is null ? Call(step) : Run(step, step.Node);
                foreach (var (name, value) in step.Outputs.Zip(results)) if (name != "") values[name] = value;
            }
            return [.. program.Outputs.Select(o => this[o.Name])];
        }

        private IEnumerable<HostValue> Call(HostStep step) =>
            parts(step.Part, [.. step.Inputs.Select(name => this[name] as HostTensor ?? throw new HostException($"{step.Part} takes numbers, {name} is {this[name].Kind}"))]);

        private IReadOnlyList<HostValue> Run(HostStep step, HostNode node)
        {
            HostValue?[] x = [.. step.Inputs.Select(name => name == "" ? null : this[name])];
            var whole = node with { Bodies = step.Regions.ToDictionary(r => r.Key, r => new HostBody(r.Value.Outputs.Length, inputs => new Scope(r.Value, operators, parts, this, cancellation).Run(inputs)), StringComparer.Ordinal) };
            var name = node.Name != "" ? node.Name : node.Operator;
            var found = operators.Find(whole, [.. x.Select(v => v?.Type)]) ?? throw new HostException($"{name}: there is no operator {node.Operator} on {string.Join(", ", x.Select(v => v?.Kind ?? "none"))}");
            try { return [.. found.Run(whole, x)]; }
            catch (HostException e) when (step.Regions.Count == 0) { throw new HostException($"{name}: {e.Message}"); }
        }
    }
}
