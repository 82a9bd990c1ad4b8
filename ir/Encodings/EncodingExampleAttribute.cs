namespace Lathe.Ir;

/// <summary>Uses of a format as text. The oracle tests run every operator over each; a format without one, and without defaults for all it needs, fails them.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class EncodingExampleAttribute(params string[] texts) : Attribute
{
    public Seq<string> Texts => [.. texts];
}
