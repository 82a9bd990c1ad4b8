namespace Lathe.Onnx;

/// <summary>Unique of com.microsoft: the numbers of a vector that differ, in the order in which they are met; the place of each number's like; how often each is met.</summary>
internal sealed class FirstMet() : MicrosoftForm("Unique")
{
    protected override void Say(OnnxNode node, RaiseScope scope, Chain chain)
    {
        var made = chain.Many("Unique", [node.Input(0)], 4, ("sorted", 0L));
        foreach (var (i, result) in new[] { 0, 2, 3 }.Index()) chain.Name(made[result], Result(node, i));
    }
}
