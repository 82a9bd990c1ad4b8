using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>One weight that is to be stored as factors, and maybe a rest. Its numbers are read when they are needed: of a large model those of a few layers at a time are in memory.</summary>
internal sealed class FactorLayer
{
    private readonly Factored format;
    private readonly Factorize options;
    private readonly Calibration? calibration;
    private readonly Seq<float[]>? known;
    private readonly Value? rest;

    private FactorLayer(PruneLayer layer, Factored format, Factorize options, Calibration? calibration, Seq<float[]>? known, Value? rest) =>
        (Use, IsCalibrated, Samples, Columns, this.format, this.options, this.calibration, this.known, this.rest) = (layer.Use, layer.IsCalibrated, layer.Samples, layer.Matrix.Columns, format, options, calibration, known, rest);

    /// <summary>The layer in its format, the rank chosen; or why it cannot be stored so, or should not be.</summary>
    /// <param name="rest">The weight as it is compressed already; null where the format says what is kept of the rest.</param>
    public static (FactorLayer? Layer, string? Why) Of(WeightUse use, float[] numbers, Factored format, Factorize options, Calibration? calibration, Value? rest)
    {
        var (type, layer) = (use.Weight.Type, new PruneLayer(use, numbers, calibration));
        if (WeightMatrix.Of(use) is not { } matrix || matrix.Rows != type.Shape[use.Output].Whole) return (null, "it is several matrices in one");
        format = format with { Axis = use.Output, Input = use.Input, Remainder = rest is null ? Placed(format.Remainder, use) : rest.Type.Encoding is Narrow narrow ? new Dense(narrow.Kind) : rest.Type.Encoding };
        try
        {
            Spectrum? whole = null;
            if (format is Ranked { Rank: null } ranked)
            {
                var left = rest is null || options.Size > 0 ? null : Decoded.Of(rest);
                whole = options.Size > 0 ? null : Of(layer, options, place => left is null ? numbers[place] : (double)numbers[place] - left[place], null);
                var rank = whole is null ? OfSize(ranked, type, options.Size, (int)ranked.Full(type.Shape)) : options.Knee ? whole.OfKnee() : whole.OfEnergy(options.Energy);
                if (rank == 0) return (null, $"at rank 1 it would take more than {RecordText.Show(options.Size)} of its bytes");
                format = ranked with { Rank = rank };
            }
            if (format.Unserved(type.Shape) is { } unserved) return (null, unserved);
            var (before, after) = (type.Encoding.Size(type.Shape), format.Size(type.Shape));
            if (after >= before) return (null, $"{format} would take {after} bytes, it has {before}");
            // A spectrum is as large as several weights; of it the factors are kept.
            return (new(layer, format, options, calibration, whole is not null && format is Lowrank { Remainder: null } lowrank ? Natural(layer, lowrank, whole) : null, rest), null);
        }
        catch (TypeException e) { return (null, e.Message); }
    }

    public WeightUse Use { get; }

    public bool IsCalibrated { get; }

    public long Samples { get; }

    public int Columns { get; }

    /// <summary>The weight's type once it is stored.</summary>
    public TensorType Type => Use.Weight.Type.With(format);

    /// <summary>Whether a step that reads the weight can multiply with its factors in turn.</summary>
    public bool Serves(Node reader) => format.IsRead || WeightProduct.Of(reader, Use.Weight, Use.Output, name => name) is { } product
        && format.Contract(product, name => format.Blank(name, Use.Weight.Type.Shape)) is not null;

    /// <summary>The weight as it is stored, and what is lost.</summary>
    public (Value Value, LayerLoss Loss) Store(Calibration? unseen)
    {
        var layer = new PruneLayer(Use, Use.Weight.Planes[0].ToArray<float>(), calibration);
        var (planes, after) = format.Remainder is null ? Packed(layer, known ?? Factors(layer, place => layer.Numbers[place])) : InTurns(layer);
        var value = new Value(Use.Weight.Name, Type, planes);
        var aware = IsAware(layer, options);
        var how = $"{(format is Lowrank ? RecordText.Show(aware ? options.Method : FactorizeMethod.Svd) : $"{format.Fitting}{(aware ? " by data" : "")}")}{(options.Alternate > 0 ? " in turns" : "")}";
        return (value, LayerLoss.Measure(Use, value, how, layer.Numbers, after, layer.Importance()) with
        {
            OutputError = layer.OutputError(after),
            UnseenError = unseen is null ? null : new PruneLayer(Use, layer.Numbers, unseen).OutputError(after),
        });
    }

    /// <summary>
    /// The rest as its format makes it, then the factors for what that loses; and again with the rest of what the factors leave. The best of all rounds is kept.
    /// Yao and others, ZeroQuant-V2 (2023); Liu and others, EoRA (2024); Guo and others, LQ-LoRA (2023).
    /// </summary>
    private (Seq<Bytes> Planes, float[] After) InTurns(PruneLayer layer)
    {
        var (numbers, least, best) = (layer.Numbers, double.PositiveInfinity, default((Seq<Bytes>, float[])));
        var product = new float[numbers.Length];
        for (var round = 0; round <= options.Alternate; round++)
        {
            var rest = this.rest is null ? Rest(layer, [.. numbers.Zip(product, (number, known) => number - known)]) : (this.rest.Planes, Numbers: Decoded.Of(this.rest));
            var (factors, made) = Packed(layer, Factors(layer, place => (double)numbers[place] - rest.Numbers[place]));
            product = made;
            float[] after = [.. product.Zip(rest.Numbers, (known, left) => known + left)];
            var error = Error(layer, after);
            if (error < least) (least, best) = (error, ([.. factors, .. rest.Planes], after));
        }
        return best;
    }

    /// <summary>The factors of what <paramref name="number"/> says of each place.</summary>
    private Seq<float[]> Factors(PruneLayer layer, Func<int, double> number)
    {
        if (format is Lowrank lowrank) return Natural(layer, lowrank, Of(layer, options, number, (int)lowrank.Rank!));
        var numbers = new float[layer.Numbers.Length];
        for (var place = 0; place < numbers.Length; place++) numbers[place] = (float)number(place);
        if (Damped(layer, options) is not { } hessian) return format.Split(numbers, layer.Shape);
        // In the order of the format's columns.
        var (columns, ordered) = (layer.Matrix.Columns, new double[hessian.Length]);
        int[] at = [.. layer.Matrix.Column.Select(offset => format.Column(offset, layer.Shape))];
        for (var i = 0; i < columns; i++) for (var j = 0; j < columns; j++) ordered[(long)at[i] * columns + at[j]] = hessian[(long)i * columns + j];
        return format.Split(numbers, ordered, layer.Shape);
    }

    private (Seq<Bytes> Planes, float[] Product) Packed(PruneLayer layer, Seq<float[]> factors)
    {
        var planes = format.Pack(factors, [], layer.Shape);
        return (planes, format.Multiplied(planes, layer.Shape));
    }

    /// <summary>U and V in the order of the weight's axes.</summary>
    private static Seq<float[]> Natural(PruneLayer layer, Lowrank lowrank, Spectrum spectrum)
    {
        var (rank, columns) = ((int)lowrank.Rank!, layer.Matrix.Columns);
        var (u, v) = spectrum.Factors(rank);
        var ordered = new double[v.Length];
        for (var c = 0; c < columns; c++)
            if (lowrank.Column(layer.Matrix.Column[c], layer.Shape) is var place) for (var r = 0; r < rank; r++) ordered[r * columns + place] = v[r * columns + c];
        return lowrank.Laid(u, ordered, layer.Shape);
    }

    private (Seq<Bytes> Planes, float[] Numbers) Rest(PruneLayer layer, float[] left)
    {
        switch (format.Remainder)
        {
            case Grouped grouped:
                var coded = new Layer(Use, grouped, left, calibration);
                var rounding = Rounding.Of(coded.IsCalibrated ? options.Rounding : QuantizeMethod.Rtn);
                var choice = rounding.Choose(coded, new Quantize(grouped, options.Rounding, Damping: options.Damping));
                return (choice.Planes(coded), choice.Numbers(coded));
            case Sparse sparse:
                var pruned = new PruneLayer(Use, left, calibration);
                var pruning = Pruning.Of(pruned.IsCalibrated ? options.Pruning : PruneMethod.Magnitude); // one matrix, as obs wants it
                var planes = sparse.Encode(pruning.Prune(pruned, sparse, new Prune(new(sparse.Pattern, null), Damping: options.Damping)), layer.Shape);
                return (planes, Decoded.Of(new Value("rest", new(layer.Shape, sparse), planes)));
            default:
                var narrow = format.Parts(layer.Shape)[^1].Type;
                var bytes = narrow.Encoding.Encode(left, layer.Shape);
                return (bytes, Decoded.Of(new Value("rest", narrow, bytes)));
        }
    }

    /// <summary>By what the rounds are compared: the output where data show it, else the weight.</summary>
    private static double Error(PruneLayer layer, float[] after) => layer.OutputError(after) ?? layer.Numbers.Zip(after, (a, b) => ((double)a - b) * (a - b)).Sum();

    private static bool IsAware(PruneLayer layer, Factorize options) => options.Method == FactorizeMethod.Afm && layer.IsCalibrated;

    /// <param name="most">The largest rank that is asked for; null: all.</param>
    private static Spectrum Of(PruneLayer layer, Factorize options, Func<int, double> number, int? most)
    {
        var (rows, columns) = (layer.Matrix.Rows, layer.Matrix.Columns);
        return new(layer.Rows([.. Enumerable.Range(0, rows)], number), rows, columns, Damped(layer, options), most);
    }

    /// <summary>H with a little added to its diagonal; null where factors do not go by data.</summary>
    private static double[]? Damped(PruneLayer layer, Factorize options)
    {
        if (!IsAware(layer, options)) return null;
        var (hessian, columns, mean) = (layer.Hessian(0), layer.Matrix.Columns, 0.0);
        for (var i = 0; i < columns; i++) mean += hessian[(long)i * columns + i] / columns;
        for (var i = 0; i < columns; i++) hessian[(long)i * columns + i] += mean > 0 ? options.Damping * mean : 1;
        return hessian;
    }

    /// <summary>The largest rank that takes a share of the bytes.</summary>
    private static int OfSize(Ranked format, TensorType type, double share, int full)
    {
        var most = share * type.Encoding.Size(type.Shape);
        var (low, high) = (0, full);
        while (low < high)
            if ((low + high + 1) / 2 is var middle && (format with { Rank = middle }).Size(type.Shape) <= most) low = middle;
            else high = middle - 1;
        return low;
    }

    private static Encoding? Placed(Encoding? rest, WeightUse use) => rest switch
    {
        Grouped grouped => grouped.Placed(use.Input, use.Output, use.Weight.Type.Rank),
        Sparse sparse => new Sparse(sparse.Pattern, sparse.Keep, use.Output, use.Input, sparse.Inner is Grouped inner ? inner.Placed(use.Input, use.Output, use.Weight.Type.Rank) : sparse.Inner),
        _ => rest,
    };
}
