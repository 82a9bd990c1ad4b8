using System.Collections.Immutable;
using System.Globalization;

namespace Lathe.Runtime.Hosting;

/// <summary>A graph inside a node: values in the order of its inputs give values in the order of its outputs.</summary>
/// <param name="Outputs">How many values it gives.</param>
public sealed record HostBody(int Outputs, Func<IReadOnlyList<HostValue>, IReadOnlyList<HostValue>> Run);

/// <summary>A use of an operator of the host.</summary>
/// <param name="Domain">Empty for the standard operators.</param>
/// <param name="Name">As the model names it; may be empty.</param>
/// <param name="Outputs">How many results are named.</param>
/// <param name="Attributes">By ONNX's names: text, long, double, arrays of them, or a value.</param>
/// <param name="Bodies">Graphs in attributes.</param>
public sealed record HostNode(string Operator, string Domain, string Name, int Outputs, ImmutableSortedDictionary<string, object> Attributes, IReadOnlyDictionary<string, HostBody> Bodies)
{
    public static readonly ImmutableSortedDictionary<string, object> NoAttributes = ImmutableSortedDictionary.Create<string, object>(StringComparer.Ordinal);
    public static readonly IReadOnlyDictionary<string, HostBody> NoBodies = ImmutableDictionary<string, HostBody>.Empty;

    public bool Has(string attribute) => Attributes.ContainsKey(attribute);

    public long Int(string attribute, long otherwise) => Get<long>(attribute, "a whole number", otherwise);
    public string Text(string attribute, string otherwise) => Get(attribute, "a text", otherwise);
    public HostValue? Value(string attribute) => Get<HostValue?>(attribute, "a tensor", null);

    /// <summary>A list; null where there is none.</summary>
    public ImmutableArray<string>? Texts(string attribute) => List<string>(attribute, "a list of texts");
    public ImmutableArray<long>? Ints(string attribute) => List<long>(attribute, "a list of whole numbers");

    /// <summary>A number or a list of numbers as text; whole ones in a file may be meant as reals.</summary>
    public ImmutableArray<string>? Numbers(string attribute) => !Attributes.TryGetValue(attribute, out var value) ? null : value switch
    {
        long whole => [whole.ToString(CultureInfo.InvariantCulture)],
        double real => [HostElement.Text((float)real)],
        ImmutableArray<long> wholes => [.. wholes.Select(w => w.ToString(CultureInfo.InvariantCulture))],
        ImmutableArray<double> reals => [.. reals.Select(r => HostElement.Text((float)r))],
        ImmutableArray<string> { IsEmpty: true } => [],
        _ => throw new HostException($"{attribute} must be numbers"),
    };

    /// <exception cref="HostException">There is no such graph.</exception>
    public HostBody Body(string name) => Bodies.TryGetValue(name, out var body) ? body : throw new HostException($"{name} is missing");

    private T Get<T>(string attribute, string what, T otherwise) => !Attributes.TryGetValue(attribute, out var value) ? otherwise : value is T found ? found : throw new HostException($"{attribute} must be {what}");

    private ImmutableArray<T>? List<T>(string attribute, string what) => !Attributes.TryGetValue(attribute, out var value) ? null
        : value is ImmutableArray<T> found ? found : value is ImmutableArray<string> { IsEmpty: true } ? ImmutableArray<T>.Empty : throw new HostException($"{attribute} must be {what}");
}
