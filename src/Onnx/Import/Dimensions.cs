using Lathe.Onnx.Proto;

namespace Lathe.Onnx;

/// <summary>Dimensions of the model's inputs as expressions: fixed ones as numbers, named and unnamed ones as symbols, either as the user binds them.</summary>
internal sealed class Dimensions
{
    private readonly HashSet<string> named;
    private readonly IReadOnlyDictionary<string, (long Low, long High)> ranges;
    private readonly Dictionary<string, DimBinding> bound = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DimBinding> fixedAxes = new(StringComparer.Ordinal);

    public Dimensions(IReadOnlyCollection<ValueInfoProto> inputs, ImportOptions options, IReadOnlyDictionary<string, (long Low, long High)> ranges, Report report)
    {
        this.ranges = ranges;
        named = [.. inputs.SelectMany(Dims).Select(d => d.Dim.DimParam).Where(IsName)];
        var axes = inputs.SelectMany(Dims).DistinctBy(d => d.Axis, StringComparer.Ordinal).ToDictionary(d => d.Axis, d => d.Dim, StringComparer.Ordinal);
        foreach (var binding in options.Dims)
        {
            var byAxis = axes.TryGetValue(binding.Name, out var dim);
            if (!byAxis && !named.Contains(binding.Name))
            {
                report.Add(Faults.UnknownDim(binding.ToString(), string.Join(", ", axes.Where(a => !IsFixed(a.Value)).Select(a => NameOf(a.Key, a.Value)).Distinct())));
                continue;
            }
            if (byAxis && !named.Contains(binding.Name) && IsFixed(dim!))
            {
                // A 0 may be how an exporter writes an unknown extent; any other number is what the model needs.
                if (dim!.DimValue == 0) fixedAxes[binding.Name] = binding;
                else if (binding.Low != dim.DimValue || binding.High != dim.DimValue) report.Add(Faults.FixedDim(binding.ToString(), dim.DimValue));
                continue;
            }
            var name = named.Contains(binding.Name) ? binding.Name : NameOf(binding.Name, dim!);
            if (!bound.TryAdd(name, binding) && bound[name] != binding) report.Add(Faults.BoundTwice(bound[name].ToString(), binding.ToString()));
        }
    }

    /// <summary>The shape of an input; null where the file gives none.</summary>
    public Shape? Shape(ValueInfoProto input, Report report)
    {
        if (input.Type.TensorType.Shape is not { } shape) return null;
        var all = new Expr[shape.Dim.Count];
        foreach (var ((axis, dim), i) in Dims(input).Select((d, i) => (d, i)))
        {
            if (fixedAxes.TryGetValue(axis, out var given)) all[i] = Bound(axis, given);
            else if (IsFixed(dim))
            {
                all[i] = dim.DimValue;
                if (dim.DimValue == 0) report.Add(Faults.ZeroDim(axis));
            }
            else
            {
                var name = NameOf(axis, dim);
                all[i] = bound.TryGetValue(name, out var binding) ? Bound(name, binding) : ranges.TryGetValue(name, out var range) ? Symbol.Of(name, range.Low, range.High) : Symbol.Of(name);
            }
        }
        return [.. all];
    }

    private Expr Bound(string name, DimBinding binding)
    {
        if (binding.Low == binding.High) return binding.Low;
        var (low, high) = ranges.GetValueOrDefault(name, (binding.Low, binding.High));
        return Symbol.Of(name, low, high);
    }

    /// <summary>An axis without a name is called after its input, unless a named dimension is called so already.</summary>
    private string NameOf(string axis, TensorShapeProto.Types.Dimension dim)
    {
        if (IsName(dim.DimParam)) return dim.DimParam;
        while (named.Contains(axis)) axis += "_";
        return axis;
    }

    private static IEnumerable<(string Axis, TensorShapeProto.Types.Dimension Dim)> Dims(ValueInfoProto input) =>
        input.Type?.TensorType?.Shape?.Dim.Select((dim, axis) => (string.Create(CultureInfo.InvariantCulture, $"{input.Name}.{axis}"), dim)) ?? [];

    /// <summary>Exporters write ? where they know no name; two of them are not one dimension.</summary>
    private static bool IsName(string name) => name is not ("" or "?");

    /// <summary>Negative numbers stand for unknown extents.</summary>
    private static bool IsFixed(TensorShapeProto.Types.Dimension dim) => dim.ValueCase == TensorShapeProto.Types.Dimension.ValueOneofCase.DimValue && dim.DimValue >= 0;
}
