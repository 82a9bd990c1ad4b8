namespace Lathe.Onnx;

/// <summary>An operator that models may use.</summary>
/// <param name="Domain">ai.onnx for the standard operators.</param>
/// <param name="Runs">native, host, or native and host: on text and sequences of unknown length it is the host's.</param>
/// <param name="Record">The operator of the IR that it is; null where it is said with others.</param>
/// <param name="Source">The type that says what it is.</param>
public sealed record OperatorEntry(string Domain, string Name, string Runs, Type? Record, Type Source);

/// <summary>Every operator that can be read, found by reflection.</summary>
public static class OperatorList
{
    /// <summary>In ordinal order of domains and names.</summary>
    public static Seq<OperatorEntry> All => [.. Find().OrderBy(e => e.Domain, StringComparer.Ordinal).ThenBy(e => e.Name, StringComparer.Ordinal)];

    private static IEnumerable<OperatorEntry> Find()
    {
        var host = HostList.Known.ToDictionary(h => (h.Domain, h.Operator), h => h.Carries);
        var entries = new Dictionary<(string Domain, string Name), OperatorEntry>();
        void Add(string domain, string name, Type? record, Type source)
        {
            var runs = ListValues.Knows(OnnxNode.Of(name, [], []) with { Domain = domain }) || host.TryGetValue((domain, name), out var carries) && carries is null && name is not ("If" or "Loop" or "Constant") ? "native and host" : "native";
            entries.TryAdd((domain, name), new(Opsets.Show(domain), name, runs, record, source));
        }
        foreach (var raise in Raise.Every.Where(r => r.First <= Opsets.Newest && r.Last >= Opsets.Newest))
            foreach (var (domain, name) in raise.Domains.SelectMany(d => raise.Operators, (d, o) => (d, o))) Add(domain, name, null, raise.GetType());
        foreach (var record in Operators.All.Where(t => !t.IsDefined(typeof(NotOfOnnxAttribute), false))) Add(Vocabulary.DomainOf(record), record.Name, record, record);
        Add("", "Constant", null, typeof(ConstantNode));
        foreach (var raise in Raise.Every) foreach (var (domain, name) in raise.Domains.SelectMany(d => raise.Operators, (d, o) => (d, o))) Add(domain, name, null, raise.GetType());
        foreach (var name in HostList.Known.Where(h => ListValues.Knows(OnnxNode.Of(h.Operator, [], []) with { Domain = h.Domain })).Select(h => h.Operator)) Add("", name, null, typeof(ListValues));
        foreach (var (domain, name, _, source) in HostList.Known) entries.TryAdd((domain, name), new(Opsets.Show(domain), name, "host", null, source));
        return entries.Values;
    }

    /// <summary>Operators of ONNX that are not read, and why.</summary>
    public static Seq<(string Domain, string Name, string Reason)> Left { get; } =
    [
        ("ai.onnx.preview.training", "Adagrad", "training"),
        ("ai.onnx.preview.training", "Adam", "training"),
        ("ai.onnx.preview.training", "Gradient", "training"),
        ("ai.onnx.preview.training", "Momentum", "training"),
        .. Microsoft("text generation around whole models: compile the decoder, and loop outside of it", "BeamSearch", "GreedySearch", "Sampling", "WhisperBeamSearch"),
        .. Microsoft("layouts of one device, which ONNX Runtime's optimizer puts in; give the model as it was exported", "DecoderAttention", "DecoderMaskedMultiHeadAttention", "DecoderMaskedSelfAttention",
            "GatedRelativePositionBias", "LongformerAttention", "PackedAttention", "PackedMultiHeadAttention", "PagedAttention", "RelativePositionBias", "RemovePadding", "RestorePadding"),
        .. Microsoft("orders of weights of one device (cublasLt, float 8 of CUDA); give the model as it was quantized, with QuantizeLinear and DequantizeLinear", "DequantizeBFP", "DequantizeWithOrder", "GemmFloat8",
            "QOrderedAttention", "QOrderedGelu", "QOrderedLayerNormalization", "QOrderedLongformerAttention", "QOrderedMatMul", "QuantizeBFP", "QuantizeWithOrder"),
        .. Microsoft("packed batches of sequences of different lengths, on GPUs only; give each sequence, or a padded batch", "GatedDeltaNet", "VarlenCausalConvWithState", "VarlenNGramHashMapping"),
        .. Microsoft("training", "BitmaskBiasDropout", "BitmaskDropout"),
        .. Microsoft("code of another compiler inside a node", "EPContext", "Snpe"),
        .. Microsoft("for tests of ONNX Runtime itself", "MaxpoolWithMask", "SampleOp"),
        .. Microsoft("a sparse tensor as an operand", "SparseToDenseMatMul"),
        .. Microsoft("bytes in an order that ONNX Runtime's own kernel makes and nothing documents", "MatMulFpQ4"),
        .. Microsoft("not written: what makes it is new, and no model of it is at hand", "EngramGate", "LinearAttentionGate", "MRotaryEmbedding", "MatMulBlockQuantizedFp4Weight", "MatMulBlockQuantizedFp8Weight", "NGramHashMapping"),
        .. Microsoft("not written; no exporter at hand makes it", "AttnLSTM", "BifurcationDetector", "CropAndResize", "DynamicTimeWarping", "MurmurHash3", "NGramRepeatBlock", "Tokenizer", "WordConvEmbedding"),
    ];

    private static IEnumerable<(string, string, string)> Microsoft(string reason, params string[] names) => names.Select(name => ("com.microsoft", name, reason));

    /// <summary>Cases of ONNX's backend suite that do not pass though their operators are read: patterns of their names, and why.</summary>
    public static Seq<(string Cases, string Reason)> LeftCases { get; } =
    [
        ("test_adagrad.*, test_adam.*, test_momentum.*, test_gradient.*, test_training_dropout.*", "training"),
        ("test_dft_inverse, test_dft_inverse_opset19", "the file holds the rounding noise of a transform in f32, 1.9e-7 where the exact number is 0, beyond its own tolerance of 1e-7"),
        ("test_image_decoder_decode_jpeg2k_rgb, test_image_decoder_decode_webp_rgb", "JPEG 2000 and WebP are not read: no managed reader of them without known flaws can be restored"),
        ("test_gathernd_example_int32, test_gathernd_example_int32_batch_dim1", "with every extent open only: the last extent of the indices decides how many axes the result has, and those are static"),
    ];
}
