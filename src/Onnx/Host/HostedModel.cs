using System.Collections.Immutable;
using Lathe.Runtime.Hosting;

namespace Lathe.Onnx;

/// <summary>A model split into what is compiled and what the host does around it.</summary>
/// <param name="Parts">The compiled parts, by the names that the program calls them.</param>
public sealed record HostedModel(HostProgram Program, Seq<(string Name, ImportResult Import)> Parts)
{
    /// <summary>A model that compiles as it is: one part, which the program calls.</summary>
    public static HostedModel Whole(string name, ImportResult import)
    {
        var names = import.Graph.Inputs.SelectMany(v => v.Type.Shape).OfType<Symbol>().Select(s => s.Name).ToHashSet(StringComparer.Ordinal);
        ImmutableArray<HostName> Names(IEnumerable<Value> values) => [.. values.Select(v => new HostName(v.Name, HostTypes.Of(v.Type, names)))];
        var (inputs, outputs) = (Names(import.Graph.Inputs), Names(import.Graph.Outputs));
        return new(new(inputs, outputs, ImmutableSortedDictionary.Create<string, HostValue>(StringComparer.Ordinal), [new(name, null, [.. inputs.Select(i => i.Name)], [.. outputs.Select(o => o.Name)], HostStep.NoRegions)]), [(name, import)]);
    }
}
