using Antlr4.Runtime;
using Lathe.Grammars;

namespace Lathe.Ir;

/// <summary>Reads where the numbers of weights are and finds them.</summary>
internal sealed class WeightReader(SourceFaults faults, FormulaReader formulas, LiteralReader literals, IWeightSource? source)
{
    /// <summary>Weights in the order of the text; a name without value was at fault.</summary>
    public static Scoped<Value> Empty => new();

    public Scoped<Value> Read(IrParser.WeightsContext? context)
    {
        var all = Empty;
        foreach (var weight in context?.weight() ?? [])
        {
            var at = weight.GLOBAL().Symbol;
            faults.Try(at, () =>
            {
                var name = formulas.Local(at);
                if (all.TryFind(name, out _)) throw faults.At("LT3003", at, $"@{name} is there twice");
                all.Define(name, null);
                var type = literals.Type(weight.type());
                all.Define(name, new(name, type, weight.elements() is { } elements ? [InPlace(elements, type)] : Planes(weight, type)));
            });
        }
        return all;
    }

    private Bytes InPlace(IrParser.ElementsContext context, TensorType type)
    {
        if (type.Encoding is not Dense { Kind: var kind }) throw faults.At("LT3006", context.Start, $"the numbers of {type.Encoding} cannot stand in the text, only those of dense weights");
        var elements = literals.Elements(context, kind.Arithmetic);
        return elements.Count == type.Count ? Bytes.Of(WeightText.Packed(kind, elements)) : throw faults.At("LT3006", context.Start, $"{type} has {type.Count} numbers, here are {elements.Count}");
    }

    private Seq<Bytes> Planes(IrParser.WeightContext context, TensorType type)
    {
        var (planes, given) = (type.Encoding.Planes(type.Shape), context.plane());
        if (planes.Count != given.Length) throw faults.At("LT3006", context.Start, $"{type} has {planes.Count} planes, here are {given.Length}");
        return [.. planes.Zip(given).Select(pair => Plane(pair.First, pair.Second))];
    }

    private Bytes Plane(Plane plane, IrParser.PlaneContext context)
    {
        var name = context.part()?.GetText() ?? "";
        if (name != plane.Name) throw faults.At("LT3006", context.Start, $"plane {(plane.Name == "" ? "(the only one, without a name)" : plane.Name)} stands here, not {(name == "" ? "one without a name" : name)}");
        var hash = context.HASH().GetText()["sha:".Length..];
        IToken at = context.HASH().Symbol;
        var bytes = source?.Find(hash) ?? throw faults.At("LT3006", at, $"the bytes of sha:{hash} are not there", $"they belong into the folder {WeightFolder.Name} beside the text, as a file that begins with {hash}");
        return bytes.Length == plane.Bytes ? bytes : throw faults.At("LT3006", at, $"sha:{hash} holds {bytes.Length} bytes, the plane takes {plane.Bytes}");
    }
}
