using System.ComponentModel;
using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>How codes are chosen.</summary>
public enum QuantizeMethod
{
    /// <summary>Each number to the nearest of a grid, whose ends are searched for the least error.</summary>
    Rtn,
    /// <summary>Column after column, the error of each made up for by those that follow.</summary>
    Gptq,
    /// <summary>To the nearest, after channels that are multiplied by larger numbers were scaled up.</summary>
    Awq,
    /// <summary>Codes one at a time to where the output's error is least, and scales by least squares, in turns.</summary>
    Decouple,
    /// <summary>Up or down is learned for each number.</summary>
    Adaround,
    /// <summary>What each number is divided by before it is rounded is learned.</summary>
    Flexround,
}

/// <summary>Stores weights in fewer bits: their types change, and kernels read the stored form.</summary>
/// <param name="Weights">The format. <c>i8</c> is a scale for each output channel; <c>i4 group=64</c> has groups along the input.</param>
/// <param name="Method">How codes are chosen.</param>
/// <param name="ActOrder">Of gptq: columns that are multiplied by larger numbers first.</param>
/// <param name="Damping">Of gptq: what is added to the diagonal of H, as a share of its mean.</param>
/// <param name="Smooth">More than 0: outliers of inputs are moved into weights first, by this power (SmoothQuant's α, 0.5 mostly).</param>
/// <param name="Activations">What the weights are multiplied with: <c>u8</c> and <c>i8</c> have one scale from calibration, <c>dynamic</c> one for each row of a run, <c>dynamic_tensor</c> one for all of a value in a run.</param>
/// <param name="LeastSnr">Signal to noise in dB that one scale must keep of what calibration saw of a value; what keeps less stays real.</param>
/// <param name="Outliers">The share of each output's numbers that is kept apart in f16, those that cost most in few bits: 0.01 is one of a hundred.</param>
/// <param name="MixedRows">The share of all layers' outputs that are kept in i8: those that rounding costs the model most, ranked over all layers together.</param>
/// <param name="Depthwise">Whether weights of depthwise convolutions are stored so too. They are few, and a grid for each channel's few taps loses most: an identity beside small taps.</param>
[Description("stores weights in fewer bits: quantize(weights=\"i4 group=64\") on op(MatMul)")]
public sealed record Quantize(Encoding Weights, QuantizeMethod Method = QuantizeMethod.Rtn, bool ActOrder = false, double Damping = 0.01, double Smooth = 0, Activations Activations = Activations.Real, double LeastSnr = 30, double Outliers = 0, double MixedRows = 0, bool Depthwise = false) : GraphPass
{
    public override Stage Stage => Stage.Compress;
    public override bool TakesSelector => true;
    public override bool NeedsStatistics => NeedsGrams || Activations is Activations.U8 or Activations.I8;
    public override bool NeedsGrams => Rounding.Of(Method).NeedsGrams || Smooth != 0 || MixedRows > 0;

    protected override Graph Run(Graph graph, Compilation compilation)
    {
        Check();
        graph = TransposedWeights.Read(graph, ActsOn);
        if (NarrowWeights.Of(Weights) is { } narrow)
        {
            var few = Fast(graph, Chosen(graph, compilation), (type, _) => type.With(narrow), compilation);
            var narrowed = NarrowWeights.Of(few, narrow, compilation, (use, why) => Left(compilation, use, why));
            foreach (var weight in narrowed.Keys) compilation.Originals[weight.Name] = weight;
            return graph.Map(value => narrowed.GetValueOrDefault(value, value));
        }
        if (Weights is Vq vectors) return Vectors(graph, vectors, compilation);
        var format = Format();
        var stored = new Dictionary<Value, Value>();
        graph = InputScaling.Apply(graph, Scalings(graph, format, compilation), compilation);
        var uses = Fast(graph, Chosen(graph, compilation).Where(use => Smaller(use, Placed(use, format), compilation)), (type, use) => type.With(Placed(use, format)), compilation);
        var kept = Ranked(graph, uses, format, compilation);
        foreach (var use in uses)
        {
            LargeArrays.Settle();
            var (value, loss) = Store(use, format, kept.GetValueOrDefault(use.Weight, []), compilation);
            stored[use.Weight] = value;
            compilation.Originals[value.Name] = use.Weight;
            compilation.Losses.Add(loss);
        }
        return Stored(graph, stored, compilation);
    }

    /// <summary>A weight's format, with what is kept apart where its product can be made of two.</summary>
    private Encoding Placed(WeightUse use, Grouped format)
    {
        var (type, placed) = (use.Weight.Type, format.Placed(use.Input, use.Output, use.Weight.Type.Rank));
        if (Outliers == 0 || use.Kind != WeightKind.Product) return placed;
        var apart = new Outliers(Outliers, use.Output, use.Input, new Dense(Scalar.F16), placed);
        return apart.Unserved(type.Shape) is null && WeightProduct.Of(use.Node, use.Weight, use.Output, name => name) is { } product && apart.Contract(product, name => apart.Blank(name, type.Shape)) is not null ? apart : placed;
    }

    /// <summary>The outputs of weights that are kept in i8.</summary>
    private Dictionary<Value, int[]> Ranked(Graph graph, IReadOnlyList<WeightUse> uses, Grouped format, Compilation compilation)
    {
        if (MixedRows == 0) return [];
        return new RowRanking(graph, MixedRows, compilation).Of(uses.Where(use => use.Kind == WeightKind.Product).Select(use =>
        {
            LargeArrays.Settle();
            var layer = new Layer(use, format.Placed(use.Input, use.Output, use.Weight.Type.Rank), Finite(use), compilation.Calibration);
            return ((MeasuredLayer)layer, new RtnRounding().Choose(layer, this).Numbers(layer));
        }));
    }

    private void Check()
    {
        if (Damping is not >= 0) throw new DiagnosticException([new("LT3204", $"quantize: damping={RecordText.Show(Damping)} takes away from what data show", "", "damping=0.01")]);
        if (MixedRows is not (>= 0 and < 1)) throw new DiagnosticException([new("LT3204", $"quantize: mixed_rows={RecordText.Show(MixedRows)} is no share", "", "mixed_rows=0.1 keeps one output of ten in i8")]);
        if (MixedRows > 0 && (NarrowWeights.Of(Weights) is not null || Weights is Vq || Outliers > 0)) throw new DiagnosticException([new("LT3204", $"quantize: mixed_rows keeps outputs in i8 beside a format with a code for each number, not beside {(Outliers > 0 ? "outliers" : Weights)}", "", "weights=\"i4 group=64\", and outliers or mixed_rows")]);
        if (Outliers is not (>= 0 and < 1)) throw new DiagnosticException([new("LT3204", $"quantize: outliers={RecordText.Show(Outliers)} is no share", "", "outliers=0.01 keeps one number of a hundred apart")]);
        if (Outliers == 0) return;
        if (NarrowWeights.Of(Weights) is not null || Weights is Vq) throw new DiagnosticException([new("LT3204", $"quantize: {Weights} has no codes beside which numbers are kept apart", "", "a format with a code for each number, such as weights=\"i3 group=32\"")]);
        if (Activations != Activations.Real) throw new DiagnosticException([new("LT3204", $"quantize: what is kept apart is multiplied with reals, activations={RecordText.Show(Activations)} are whole numbers", "", "leave out activations or outliers")]);
    }

    /// <summary>The graph with weights in a format of vectors.</summary>
    private Graph Vectors(Graph graph, Vq format, Compilation compilation)
    {
        if (Method is not (QuantizeMethod.Rtn or QuantizeMethod.Gptq))
            throw new DiagnosticException([new("LT3203", $"quantize: {RecordText.Show(Method)} chooses a code for each number, {format} has one for {format.Dim}", "", "method=rtn takes the nearest vector, method=gptq makes up for its error")]);
        TensorType Type(TensorType type, WeightUse use) => type.With(format.Placed(use.Input, use.Output));
        var stored = new Dictionary<Value, Value>();
        foreach (var use in Fast(graph, Chosen(graph, compilation).Where(use => Smaller(use, format.Placed(use.Input, use.Output), compilation)), Type, compilation))
        {
            LargeArrays.Settle();
            var layer = new MeasuredLayer(use, Finite(use), compilation.Calibration);
            var (wanted, placed) = (Usable(layer, compilation), format.Placed(use.Input, use.Output));
            var (planes, method) = VectorWeights.Choose(layer, placed, this, wanted);
            if (method != wanted) compilation.Notes.Add(Name, use.Node.Result.Name, $"{use.Weight} takes its nearest vectors: {RecordText.Show(wanted)} loses more on the calibration data, its books are too few for other numbers");
            var value = stored[use.Weight] = new Value(use.Weight.Name, Type(use.Weight.Type, use), planes);
            compilation.Losses.Add(Measured(use, value, method, layer, Decoded.Of(value), compilation));
        }
        return graph.Map(value => stored.GetValueOrDefault(value, value));
    }

    /// <summary>The graph with weights as they are stored, and what they are multiplied with as <see cref="Activations"/> says.</summary>
    private Graph Stored(Graph graph, Dictionary<Value, Value> stored, Compilation compilation)
    {
        List<WeightUse> coded = [.. All(graph).Where(use => stored.TryGetValue(use.Weight, out var value) && IsEven(value.Type.Encoding))];
        if (Activations != Activations.Real) coded.AddRange(Pruned(graph));
        if (coded.Count > 0) coded.AddRange(All(graph).Where(use => use.Kind == WeightKind.Channelwise && ActsOn(use.Node)));
        return new ActivationCoding(Activations, LeastSnr, compilation).Apply(graph, coded).Map(value => stored.GetValueOrDefault(value, value));
    }

    /// <summary>Uses of weights that were pruned to codes in blocks whose neighbours along the sum are added at once, as if they were whole.</summary>
    private IEnumerable<WeightUse> Pruned(Graph graph)
    {
        var whole = graph.Weights.Where(w => w.Type.Encoding is Sparse { Pattern: BlockPattern { Inputs: var inputs }, Inner: Grouped { IsEven: true, Group: 0 } } && inputs % 2 == 0)
            .ToDictionary(w => w, w => new Value(w.Name, w.Type.With(new Dense(Scalar.F32)), [Bytes.Zeros(4 * w.Type.Count)]));
        return All(graph.Map(v => whole.GetValueOrDefault(v, v))).Where(use => whole.ContainsValue(use.Weight) && ActsOn(use.Node));
    }

    /// <summary>Whether a product with whole numbers can run on codes.</summary>
    private static bool IsEven(Encoding encoding) => encoding is Grouped { IsEven: true } || encoding is Ir.MixedRows { Inner: var inner, Remainder: { } rest } && IsEven(inner) && IsEven(rest);

    /// <summary>Where speed is the objective, the uses that are expected to run no slower than in f32.</summary>
    private IReadOnlyList<WeightUse> Fast(Graph graph, IEnumerable<WeightUse> uses, Func<TensorType, WeightUse, TensorType> type, Compilation compilation)
    {
        List<WeightUse> all = [.. uses];
        if (compilation.Objective != Objective.Speed || all.Count == 0) return all;
        // Kernels are what types say; what lies in the planes does not matter.
        var blank = all.ToDictionary(use => use.Weight, use => type(use.Weight.Type, use) is var made ? new Value(use.Weight.Name, made, [.. made.Encoding.Planes(made.Shape).Select(plane => Bytes.Zeros(plane.Bytes))]) : use.Weight);
        return new FastLayers(graph, kept => Stored(graph, kept.ToDictionary(use => use.Weight, use => blank[use.Weight]), compilation.Again()), compilation).Of(all, (use, why) => Left(compilation, use, why));
    }

    /// <summary>Whether a weight gets smaller; who is told why it does not.</summary>
    private bool Smaller(WeightUse use, Encoding format, Compilation compilation)
    {
        if (Why(use, format) is not { } why) return true;
        Left(compilation, use, why);
        return false;
    }

    /// <summary>A use of each weight that may be stored otherwise: all its readers agree and are selected.</summary>
    /// <param name="compilation">Is told of those that may not; null: nobody is.</param>
    private IEnumerable<WeightUse> Chosen(Graph graph, Compilation? compilation)
    {
        var readings = Reads(graph).CountBy(v => v).ToDictionary();
        foreach (var group in All(graph).ToLookup(use => use.Weight))
        {
            var (weight, mine) = (group.Key, group.ToList());
            if (!mine.Exists(use => ActsOn(use.Node))) continue;
            var why = mine.Find(use => !ActsOn(use.Node)) is { } other ? $"%{other.Node.Result.Name} reads it too and is not selected"
                : readings[weight] > mine.Count ? "a step that is no sum of products reads it too"
                : !Depthwise && mine.Exists(use => use.Kind == WeightKind.Channelwise) ? "a channel's few taps lose most and save least (depthwise=true stores them all the same)"
                : mine.Exists(use => (use.Input, use.Output) != (mine[0].Input, mine[0].Output)) ? "steps sum it along different axes" : null;
            if (why is null) yield return mine[0];
            else if (compilation is not null) Left(compilation, mine[0], why);
        }
    }

    /// <summary>Factors for values that several weights may read, as the method and <see cref="Smooth"/> say.</summary>
    private List<InputScaling> Scalings(Graph graph, Grouped format, Compilation compilation)
    {
        var (rounding, all) = (Rounding.Of(Method), new List<InputScaling>());
        if (!rounding.Scales && Smooth == 0 || compilation.Calibration is not { } calibration) return all;
        var (uses, own) = (All(graph).ToLookup(use => use.Weight), graph.Nodes.ToHashSet());
        // A weight that is read in several places is scaled in none: its inputs would have to be scaled alike.
        foreach (var group in Chosen(graph, null).Where(use => uses[use.Weight].Count() == 1 && own.Contains(use.Node) && Fits(use, format) && InputScaling.Channel(use) is not null).GroupBy(use => (Unfolding.Of(use)!.Input, InputScaling.Channel(use))))
        {
            if (calibration.Of(group.Key.Input.Name) is not { } seen || seen.Channels.Axis != group.Key.Item2) continue;
            var layers = group.Select(use => new Layer(use, format.Placed(use.Input, use.Output, use.Weight.Type.Rank), use.Weight.Planes[0].ToArray<float>(), calibration)).ToList();
            if (!layers.TrueForAll(layer => layer.IsCalibrated && layer.Use.Weight.Type.Shape[layer.Use.Input] is Number n && n.Integer == seen.Channels.Count)) continue;
            var factors = Smooth == 0 ? rounding.Factors(layers, seen) : SmoothScaling.Factors(layers, seen, Smooth);
            if (factors is not null) all.Add(new(group.Key.Input, factors, [.. group]));
        }
        return all;
    }

    private void Left(Compilation compilation, WeightUse use, string why) => compilation.Notes.Add(Name, use.Node.Result.Name, $"{use.Weight} stays {use.Weight.Type.Encoding}: {why}");

    /// <summary>The format as a type of a weight will say it, its axes not yet placed.</summary>
    private Grouped Format() => Weights switch
    {
        Grouped grouped => grouped,
        Dense { Kind: var kind } when Code.Parse(kind.Text) is { } code => new Uniform(code),
        _ => throw new DiagnosticException([new("LT3201", $"quantize: weights cannot be chosen in {Weights}", "", "weights=\"i8\", weights=\"i4 group=64\"; lathe passes lists the formats")]),
    };

    /// <summary>Whether a weight gets smaller.</summary>
    private static bool Fits(WeightUse use, Grouped format) => Why(use, format.Placed(use.Input, use.Output, use.Weight.Type.Rank)) is null;

    private static string? Why(WeightUse use, Encoding placed)
    {
        var type = use.Weight.Type;
        if (type.Encoding.Size(type.Shape) > int.MaxValue) return $"{type} has more than 2 GiB";
        try { return placed.Size(type.Shape) is var bytes && bytes < type.Encoding.Size(type.Shape) ? null : $"{placed} would take {bytes} bytes, it has {type.Encoding.Size(type.Shape)}"; }
        catch (TypeException e) { return e.Message; }
    }

    private (Value, LayerLoss) Store(WeightUse use, Grouped format, int[] kept, Compilation compilation)
    {
        var placed = format.Placed(use.Input, use.Output, use.Weight.Type.Rank);
        var layer = new Layer(use, placed, Finite(use), compilation.Calibration);
        var method = Usable(layer, compilation);
        if (Placed(use, format) is Outliers apart)
        {
            var (planes, all) = OutlierWeights.Choose(layer, apart, placed, this, method, compilation.Calibration);
            var stored = new Value(use.Weight.Name, use.Weight.Type.With(apart), planes);
            return (stored, Measured(use, stored, method, layer, all, compilation));
        }
        switch (MixedWeights.Placed(use, placed, kept))
        {
            case Ir.MixedRows mixed:
                var (parts, both) = MixedWeights.Choose(layer, mixed, kept, this, method, compilation.Calibration);
                var made = new Value(use.Weight.Name, use.Weight.Type.With(mixed), parts);
                return (made, Measured(use, made, method, layer, both, compilation));
            case Grouped only when only != placed: (placed, layer) = (only, new(use, only, layer.Numbers, compilation.Calibration)); break;
        }
        var choice = Rounding.Of(method).Choose(layer, this);
        var (value, after) = (new Value(use.Weight.Name, use.Weight.Type.With(placed), choice.Planes(layer)), choice.Numbers(layer));
        return (value, Measured(use, value, method, layer, after, compilation));
    }

    /// <summary>The method as far as data let it be used; who is told where they do not.</summary>
    private QuantizeMethod Usable(MeasuredLayer layer, Compilation compilation)
    {
        if (!Rounding.Of(Method).NeedsGrams) return Method;
        var use = layer.Use;
        if (!layer.IsCalibrated)
        {
            if (use.Kind != WeightKind.Rows) compilation.Notes.Add(Name, use.Node.Result.Name, $"{use.Weight} is rounded to nearest: calibration does not show what it is multiplied by, so {RecordText.Show(Method)} has nothing to go by");
            return QuantizeMethod.Rtn;
        }
        if (layer.Samples < layer.Matrix!.Columns) compilation.Notes.Add(Name, use.Node.Result.Name, $"{use.Weight}: {layer.Samples} columns of data are known, it has {layer.Matrix.Columns}: more data would choose better");
        return Method;
    }

    private static LayerLoss Measured(WeightUse use, Value value, QuantizeMethod method, MeasuredLayer layer, float[] after, Compilation compilation) =>
        LayerLoss.Measure(use, value, RecordText.Show(method), layer.Numbers, after, layer.Importance()) with { OutputError = layer.OutputError(after), UnseenError = compilation.Unseen is null ? null : new MeasuredLayer(use, layer.Numbers, compilation.Unseen).OutputError(after) };

    /// <exception cref="DiagnosticException">A number is none.</exception>
    private float[] Finite(WeightUse use)
    {
        var numbers = use.Weight.Planes[0].ToArray<float>();
        return Finite(numbers) is not { } bad ? numbers
            : throw new DiagnosticException([new("LT3202", $"quantize: {use.Weight} holds {numbers[bad]} at {bad}, no grid can", use.Node.Result.Name, $"keep on match({NameText.Quoted(use.Weight.Name)}) leaves it as it is")]);
    }

    private static int? Finite(ReadOnlySpan<float> numbers)
    {
        for (var i = 0; i < numbers.Length; i++) if (!float.IsFinite(numbers[i])) return i;
        return null;
    }

    private static IEnumerable<WeightUse> All(Graph graph) => graph.Nodes.SelectMany(node => WeightUse.Of(node).Concat(node.Op is RegionOp ? node.Regions.SelectMany(All) : []));

    private static IEnumerable<Value> Reads(Graph graph) => graph.Nodes.SelectMany(node => node.Reads.Concat(node.Op is RegionOp ? node.Regions.SelectMany(Reads) : [])).Concat(graph.Outputs);
}
