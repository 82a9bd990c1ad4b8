using Lathe.Codegen.Gpu;
using Lathe.Ir;

namespace Lathe.Codegen.Llvm;

internal sealed partial class BodyEmitter
{
    /// <summary>The thread of its group, where a launch is made of groups.</summary>
    private string? thread;
    private Barriers? barriers;

    /// <summary>Says in which register an index from outside is.</summary>
    public void Bind(Axis axis, string register)
    {
        indices[axis] = register;
        nest.Add(axis);
    }

    /// <summary>Says that a scratch lies in the arena, at its place.</summary>
    public void BindInArena(Scratch scratch)
    {
        var (buffer, offset) = (scratch.Buffer, Scalar64(kernel.Layout.Offset(scratch)));
        memory[buffer] = new(offset == "0" ? "%scratch" : code.Let($"getelementptr inbounds i8, ptr %scratch, i64 {offset}"), buffer, [], kernel.AliasFact(buffer));
    }

    /// <summary>A loop whose iterations all threads of a launch share: each takes every so many-th.</summary>
    public void Grid(Loop loop)
    {
        var threads = Special("ntid.x");
        var first = code.Let($"add i64 {code.Let($"mul i64 {Special("ctaid.x")}, {threads}")}, {Special("tid.x")}");
        var stride = code.Let($"mul i64 {threads}, {Special("nctaid.x")}");
        var extent = Scalar64(loop.Axis.Extent);
        var (i, next) = (code.Name("%i"), code.Name("%n"));
        var (body, latch, exit) = (code.Name("loop"), code.Name("latch"), code.Name("exit"));
        code.Line($"br i1 {code.Let($"icmp slt i64 {first}, {extent}")}, label %{body}, label %{exit}");
        var before = code.Block;
        code.Label(body);
        code.Line($"{i} = phi i64 [ {first}, %{before} ], [ {next}, %{latch} ]");
        indices[loop.Axis] = i;
        nest.Add(loop.Axis);
        scopes.Within([loop.Axis], straight: false, () => Emit(loop.Body));
        code.Line($"br label %{latch}");
        code.Label(latch);
        code.Line($"{next} = add nsw i64 {i}, {stride}");
        code.Line($"br i1 {code.Let($"icmp slt i64 {next}, {extent}")}, label %{body}, label %{exit}");
        code.Label(exit);
    }

    /// <summary>A loop whose iterations are groups of threads, all of them in the launch.</summary>
    public void Groups(Loop loop)
    {
        (thread, barriers) = (Special("tid.x"), new(loop.Body));
        Bind(loop.Axis, Special("ctaid.x"));
        Emit(loop.Body);
    }

    /// <summary>What each thread of the group does. A thread stays who it is, so what it works out serves later loops over threads too.</summary>
    private void Threads(Loop loop)
    {
        if (barriers!.IsBefore(loop))
        {
            Module.Declare("void @llvm.nvvm.barrier0()", "convergent nounwind");
            code.Line("call void @llvm.nvvm.barrier0()");
            foreach (var buffer in barriers.Changed) scopes.Forget(buffer);
        }
        if (indices.TryAdd(loop.Axis, thread!)) nest.Add(loop.Axis);
        Emit(loop.Body);
    }

    /// <summary>Scratch of a group, and registers of each of its threads: the first axis, which says whose, takes no place.</summary>
    private Memory? OfGroup(Scratch scratch)
    {
        var buffer = scratch.Buffer;
        if (buffer.Space == Space.Shared)
        {
            var name = Module.Shared($"[{buffer.Size.Whole.Text()} x {LlvmTypes.InMemory(buffer.Scalar)}]");
            return new(code.Let($"addrspacecast ptr addrspace(3) {name} to ptr"), buffer, [], kernel.AliasFact(buffer));
        }
        if (thread is null || buffer.Space != Space.Registers || !scratch.HasThreads) return null;
        var own = buffer with { Shape = [.. buffer.Shape.Skip(1)] };
        return new(code.Place($"[{Math.Max(1, own.Size.Whole).Text()} x {LlvmTypes.InMemory(buffer.Scalar)}]", ScratchLayout.Alignment), buffer with { Apart = [0, .. own.Strides] }, [], "");
    }

    /// <summary>A special register of PTX, as a whole number of 64 bits.</summary>
    private string Special(string register)
    {
        Module.Declare($"i32 @llvm.nvvm.read.ptx.sreg.{register}()");
        return code.Let($"zext i32 {code.Let($"call i32 @llvm.nvvm.read.ptx.sreg.{register}()")} to i64");
    }
}
