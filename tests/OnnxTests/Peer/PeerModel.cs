using System.Globalization;
using System.Text.RegularExpressions;
using Google.Protobuf;
using Lathe.Ir;
using Lathe.Onnx;
using Lathe.Onnx.Proto;

namespace Lathe.OnnxTests.Peer;

/// <summary>
/// A small model in ONNX's textual syntax without its header, and what to feed it. Lines of <c># name low..high</c> before it bound the random
/// numbers of an input; <c># name low..high weight</c> makes it a weight. Behind a line that begins with <c>~</c> stands another body of the same
/// meaning, in standard operators: what the peer runs, where it has no kernel of the operator for processors.
/// </summary>
internal sealed partial class PeerModel
{
    private static readonly Dictionary<Scalar, (double Low, double High)> Usual = new() { [Scalar.U8] = (0, 255), [Scalar.I8] = (-128, 127), [Scalar.Bool] = (0, 1), [Scalar.I32] = (0, 3), [Scalar.I64] = (0, 3) };

    private readonly ModelProto model;

    private PeerModel(string text)
    {
        if (text.Split("\n~ ") is [var own, var other])
        {
            text = own;
            Peer = new PeerModel(own[..own.IndexOf('{', own.IndexOf("=>", StringComparison.Ordinal))] + other);
        }
        else Peer = this;
        model = ModelProto.Parser.ParseFrom(new OnnxSyntax($"<ir_version: 10, opset_import: [\"\": 21, \"com.microsoft\": 1, \"ai.onnx.ml\": 3]>\n{Comment().Replace(text, "")}").Model());
        var bounds = Bound().Matches(text).ToDictionary(m => m.Groups["name"].Value, StringComparer.Ordinal);
        var random = new Random(1);
        var inputs = new List<(string, Tensor)>();
        foreach (var input in model.Graph.Input.ToList())
        {
            var (type, bound) = (input.Type.TensorType, bounds.GetValueOrDefault(input.Name));
            var kind = ElementKinds.Of(type.ElemType)!.Value;
            var (low, high) = bound is null ? Usual.GetValueOrDefault(kind, (-2, 2)) : (Number(bound, "low"), Number(bound, "high"));
            Seq<long> shape = [.. type.Shape.Dim.Select(d => d.DimValue)];
            var numbers = Enumerable.Range(0, (int)shape.Aggregate(1L, (a, b) => a * b)).Select(_ => random.NextDouble()).Select(r => kind.IsReal ? low + r * (high - low) : Math.Floor(low + r * (high - low + 1)));
            var tensor = Tensor.Of(kind, shape, [.. numbers]);
            if (bound is null || !bound.Groups["weight"].Success) { inputs.Add((input.Name, tensor)); continue; }
            model.Graph.Input.Remove(input);
            var weight = new TensorProto { Name = input.Name, DataType = type.ElemType, RawData = ByteString.CopyFrom(tensor.Bytes.Span(0, (int)tensor.Bytes.Length)) };
            weight.Dims.AddRange(shape);
            model.Graph.Initializer.Add(weight);
        }
        Inputs = inputs;
    }

    public IReadOnlyList<(string Name, Tensor Contents)> Inputs { get; }

    /// <summary>The model that says what is expected: the same, or one of standard operators.</summary>
    public PeerModel Peer { get; }

    /// <summary>The models of a file, which stand apart by empty lines.</summary>
    public static IReadOnlyList<PeerModel> Read(string path) =>
        [.. File.ReadAllText(path).Split("\n\n", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Where(t => t != "").Select(t => new PeerModel(t))];

    public void Save(string path) => File.WriteAllBytes(path, model.ToByteArray());

    private static double Number(Match bound, string end) => double.Parse(bound.Groups[end].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^#.*$", RegexOptions.Multiline)]
    private static partial Regex Comment();

    [GeneratedRegex(@"^# (?<name>\w+) (?<low>-?[\d.]+?)\.\.(?<high>-?[\d.]+)(?<weight> weight)?\s*$", RegexOptions.Multiline)]
    private static partial Regex Bound();
}
