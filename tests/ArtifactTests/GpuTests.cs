using Lathe.Cli;

namespace Lathe.ArtifactTests;

/// <summary>Real models as kernels for a GPU, which the processor plays: against saved outputs, or where weights are compressed against the interpreter.</summary>
public sealed class GpuTests
{
    [Theory]
    [InlineData("mnist_cntk")]
    [InlineData("hand_keypoint_cls")]
    [InlineData("micro_kws_m_static_fp32")]
    [InlineData("micro_kws_m_static_fp32", "--quantize=int8")]
    [InlineData("micro_kws_m_static_fp32", "--quantize=int4", "--objective=size")]
    [InlineData("opt_mnist", "--prune=2:4")]
    public void A_bundled_model_passes(string model, params string[] options) => Verify(CProgram.Repository("tests", "models", model, "model.onnx"), options);

    [SharedModelsTheory]
    [InlineData("policy_go1")]
    [InlineData("qlstm")]
    [InlineData("hand_history_lstm")]
    public void A_shared_model_passes(string model) => Verify(SharedModels.PathOf(model), []);

    [LongTheory]
    [InlineData("mnist_cntk")]
    [InlineData("opt_mnist")]
    [InlineData("mobilenet_digits")]
    [InlineData("resnet_glyph")]
    [InlineData("vit_glyph")]
    [InlineData("chargpt")]
    [InlineData("chargpt_kv")]
    [InlineData("ultraface_rfb320")]
    [InlineData("fastestdet")]
    [InlineData("ppocr_v4_rec")]
    [InlineData("ppocr_v2_cls")]
    [InlineData("ppocr_v3_det")]
    [InlineData("silero_vad_v5")]
    [InlineData("oww_melspectrogram")]
    [InlineData("oww_embedding")]
    [InlineData("oww_hello_deepa")]
    [InlineData("micro_kws_m_static_fp32")]
    [InlineData("micro_kws_m_static_qdq")]
    [InlineData("micro_kws_m_static_qoperator")]
    [InlineData("magika_standard_v3_3")]
    [InlineData("dtln_1")]
    [InlineData("dtln_2")]
    [InlineData("super_resolution_espcn")]
    [InlineData("sinet")]
    [InlineData("policy_go1")]
    [InlineData("hand_keypoint_cls")]
    [InlineData("hand_history_lstm")]
    [InlineData("qlstm")]
    public void Every_shared_model_passes(string model) => Verify(SharedModels.PathOf(model), []);

    /// <summary>Sums in another order put some codes on the other side of a middle: what stands behind them is judged on the codes that were made.</summary>
    [LongTheory]
    [InlineData("kv=int8")]
    [InlineData("kv=int4")]
    public void States_in_few_bits_pass(string format) => Verify(SharedModels.PathOf("chargpt_kv"), ["--quantize", format]);

    private static void Verify(string path, string[] options)
    {
        using var printed = new StringWriter();
        var code = CommandLine.Run(["verify", path, "--target=gpu", "--gpu=cpu", .. options], new Session(printed, printed));
        Assert.True(code == ExitCode.Done, printed.ToString());
    }
}
