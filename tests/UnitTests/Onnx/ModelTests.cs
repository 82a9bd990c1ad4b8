using Lathe.Ir;
using Lathe.Onnx;

namespace Lathe.UnitTests.Onnx;

/// <summary>Real models, where they are at hand.</summary>
public sealed class ModelTests
{
    [SharedModelsTheory]
    [InlineData("mnist_cntk", "tensor<1x10, f32>")]
    [InlineData("opt_mnist", "tensor<1x10, f32>")]
    [InlineData("mobilenet_digits", "tensor<[N, 10], f32>")]
    [InlineData("resnet_glyph", "tensor<[N, 47], f32>")]
    [InlineData("policy_go1", "tensor<1x12, f32>")]
    [InlineData("super_resolution_espcn", "tensor<[batch_size, 1, 672, 672], f32>")]
    [InlineData("micro_kws_m_static_fp32", "tensor<1x10, f32>")]
    [InlineData("oww_hello_deepa", "tensor<1x1, f32>")]
    [InlineData("oww_embedding", "tensor<[unk__314, 1, 1, 96], f32>")]
    [InlineData("ultraface_rfb320", "tensor<1x4420x2, f32>")]
    [InlineData("fastestdet", "tensor<1x85x22x22, f32>")]
    [InlineData("sinet", "tensor<1x2x320x320, f32>")]
    [InlineData("ppocr_v2_cls", "tensor<[p2o.DynamicDimension.0, 2], f32>")]
    [InlineData("vit_glyph", "tensor<[N, 47], f32>")]
    [InlineData("chargpt", "tensor<[B, T, 65], f32>")]
    [InlineData("chargpt_kv", "tensor<[B, T, 65], f32>")]
    [InlineData("oww_melspectrogram", "tensor<[batch_size, 1, (samples + 128) / 160 - 3, 32], f32>")]
    [InlineData("dtln_2", "tensor<1x1x512, f32>")]
    [InlineData("hand_keypoint_cls", "tensor<[batch], i64>")]
    public void Models_load_with_their_types(string name, string type) => Assert.Equal(type, OnnxModel.Load(SharedModels.PathOf(name)).Graph.Outputs[0].Type.ToString());

    [SharedModelsTheory]
    [InlineData("ppocr_v4_rec")]
    [InlineData("ppocr_v3_det")]
    [InlineData("magika_standard_v3_3")]
    [InlineData("dtln_1")]
    [InlineData("hand_history_lstm")]
    [InlineData("micro_kws_m_static_qdq")]
    [InlineData("micro_kws_m_static_qoperator")]
    [InlineData("silero_vad_v5")]
    [InlineData("qlstm")]
    public void Models_load_or_only_their_operators_stand_in_the_way(string name)
    {
        try { Assert.NotEmpty(OnnxModel.Load(SharedModels.PathOf(name)).Graph.Nodes); }
        catch (DiagnosticException e) { Assert.All(e.Diagnostics.Where(d => d.Severity == Severity.Error), d => Assert.True(d.Code is "LT2001" or "LT2005", d.ToString())); }
    }
}
