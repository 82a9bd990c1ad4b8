namespace Lathe.OnnxTests.Peer;

/// <summary>A test that asks ONNX Runtime; skipped, with the reason, where it is not there.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PeerTheoryAttribute : TheoryAttribute
{
    public PeerTheoryAttribute() => Skip = OrtPeer.Missing;
}
