using Lathe.Ir;

namespace Lathe.Codegen.Llvm;

internal sealed partial class BodyEmitter
{
    /// <summary>The body as a function of its own, handed to the host's threads; without a host, or one with none, iterations run here in order.</summary>
    private void Parallel(Loop loop, Linear extent)
    {
        var name = kernel.NextParallel();
        var captured = Apart(loop, $"{name}.body");
        var thunk = new FunctionWriter();
        string[] arguments = [.. captured.Select((word, i) => $"{word.Type} {KernelWriter.Word(thunk, "%closure", i, word.Type)}"), "i64 %index"];
        thunk.Line($"notail call void @\"{name}.body\"({string.Join(", ", arguments)})");
        Module.Function($"define internal void @\"{name}\"(ptr %closure, i64 %index) nounwind noredzone", thunk.Text);

        var count = Scalar64(extent.ToExpr());
        var closure = code.Place($"[{captured.Length.Text()} x i64]", 8);
        foreach (var (number, word) in captured.Index()) code.Line($"store {word.Type} {word.Text}, ptr {code.Let($"getelementptr inbounds i64, ptr {closure}, i64 {number.Text()}")}");

        var (ask, threads, here, done) = (code.Name("host"), code.Name("threads"), code.Name("here"), code.Name("done"));
        var alone = code.Let("icmp eq ptr %host, null");
        if (!extent.IsConstant) alone = code.Let($"or i1 {alone}, {code.Let($"icmp sle i64 {count}, 1")}"); // what one thread does needs no other
        code.Line($"br i1 {alone}, label %{here}, label %{ask}");
        code.Label(ask);
        var run = Service(AbiTypes.ParallelFor);
        code.Line($"br i1 {code.Let($"icmp eq ptr {run}, null")}, label %{here}, label %{threads}");
        code.Label(threads);
        code.Line($"call void {run}(ptr {Service(AbiTypes.User)}, i64 {count}, ptr @\"{name}\", ptr {closure})");
        code.Line($"br label %{done}");
        code.Label(here);
        var turns = nest.Count > 0 ? indices.GetValueOrDefault(nest[^1]) : null;
        Count(loop.Axis, [], () => code.Line($"call void @\"{name}.body\"({string.Join(", ", captured.Select(word => $"{word.Type} {word.Text}"))}, i64 {(turns is null ? indices[loop.Axis] : Turned(turns))})"));
        code.Line($"br label %{done}");
        code.Label(done);

        // Forth in one iteration of the loop around, back in the next: what was read last, weights of a recurrent cell, is still in a cache. Pools do so as well, each thread with its share.
        string Turned(string around)
        {
            var back = code.Let($"sub i64 {code.Let($"sub i64 {count}, 1")}, {indices[loop.Axis]}");
            return code.Let($"select i1 {code.Let($"trunc i64 {around} to i1")}, i64 {back}, i64 {indices[loop.Axis]}");
        }
    }

    private string Service(AbiTypes.Member member) => code.Let($"load ptr, ptr {code.Let(AbiTypes.Place("%host", member))}");

    /// <summary>
    /// A loop around blocks of work, each block a call: in one function with the loop, LLVM carries what it works out for all blocks through the
    /// innermost loops and runs out of registers there.
    /// </summary>
    private void Blocks(Loop loop)
    {
        var name = $"{kernel.NextParallel()}.block";
        var captured = Apart(loop, name);
        Count(loop.Axis, [], () => code.Line($"call void @\"{name}\"({string.Join(", ", captured.Select(word => $"{word.Type} {word.Text}"))}, i64 {indices[loop.Axis]})"));
    }

    /// <summary>Defines a function that runs the body of a loop once; what it takes besides the index, as known here.</summary>
    private (string Type, string Text)[] Apart(Loop loop, string name)
    {
        foreach (var buffer in Changed(loop.Body)) scopes.Forget(buffer);
        // What the body uses of its surroundings, in the order of the text.
        var used = loop.Body.All.SelectMany(s => s is Store store ? [store.Buffer] : Enumerable.Empty<Buffer>())
            .Concat(loop.Body.Loads.Select(load => load.Buffer)).Where(memory.ContainsKey).Distinct().ToSeq();
        var outer = indices.OrderBy(pair => pair.Key.Order).ToSeq();

        var inner = new BodyEmitter(kernel, isParallel: true);
        foreach (var (number, buffer) in used.Index()) inner.memory[buffer] = memory[buffer] with { Pointer = $"%b{number.Text()}" };
        foreach (var (number, axis) in outer.Index()) inner.indices[axis.Key] = $"%o{number.Text()}";
        foreach (var (axis, value) in bound) inner.bound[axis] = value;
        inner.indices[loop.Axis] = "%index";
        inner.nest.AddRange([.. outer.Select(axis => axis.Key), loop.Axis]);
        if (!isParallel && loop.Body is Loop { Kind: LoopKind.For } blocks && blocks.Body.All.OfType<Loop>().Any(l => l.Kind == LoopKind.For)) inner.Blocks(blocks);
        else inner.Emit(loop.Body);
        kernel.Define(name,
            [.. used.Select((_, i) => $"ptr noalias %b{i.Text()}"), .. kernel.SymbolParameters, .. outer.Select((_, i) => $"i64 %o{i.Text()}"), "ptr noalias %scratch", $"i64 range(i64 0, {Math.Max(1, Linear.Range(loop.Axis.Extent).High).Text()}) %index"], inner);
        return [.. used.Select(buffer => ("ptr", memory[buffer].Pointer)), .. kernel.Symbols.Select(s => ("i64", s.Name)), .. outer.Select(axis => ("i64", axis.Value)), ("ptr", "%scratch")];
    }
}
