using Lathe.Codegen.Gpu;
using Lathe.Ir;

namespace Lathe.Codegen.Llvm;

internal sealed partial class BodyEmitter
{
    /// <summary>The thread of its group, where a launch is made of groups.</summary>
    private string? thread;
    private Barriers? barriers;

    private bool IsForGpu => kernel.Target.Architecture == CpuArchitecture.Nvptx64;

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

    /// <summary>A register of another thread of the warp; null where it is the thread's own, or no register of threads.</summary>
    private Register? OfOther(Load load, Memory at)
    {
        if (thread is null || at.Buffer.Space != Space.Registers || load.At is not [Binary { Operator: Operator.Xor, B: Number apart } other, ..]) return null;
        var mine = Value(Load.Of(load.Buffer, [other.A, .. load.At.Skip(1)]));
        if (mine.Kind.Bits <= 32) return FromWord(Shuffled(ToWord(mine)), mine.Kind);
        // Two halves.
        var bits = mine.Kind == Scalar.F64 ? code.Let($"bitcast {mine} to i64") : mine.Text;
        string Half(string word) => code.Let($"zext i32 {Shuffled(word)} to i64");
        var (low, high) = (Half(code.Let($"trunc i64 {bits} to i32")), Half(code.Let($"trunc i64 {code.Let($"lshr i64 {bits}, 32")} to i32")));
        var joined = code.Let($"or i64 {low}, {code.Let($"shl i64 {high}, 32")}");
        return mine.Kind == Scalar.F64 ? Let($"bitcast i64 {joined} to double", mine.Kind, 1) : new(joined, mine.Kind, 1);

        string Shuffled(string word)
        {
            Module.Declare("i32 @llvm.nvvm.shfl.sync.bfly.i32(i32, i32, i32, i32)", "convergent nounwind");
            return code.Let($"call i32 @llvm.nvvm.shfl.sync.bfly.i32(i32 -1, i32 {word}, i32 {apart.Integer.Text()}, i32 31)");
        }
    }

    /// <summary>A number's bits as a word of 32; floats narrower than f32 are their bits already.</summary>
    private string ToWord(Register r) => r.Kind == Scalar.F32 ? code.Let($"bitcast {r} to i32") : LlvmTypes.Of(r.Kind) == "i32" ? r.Text : code.Let($"zext {r} to i32");

    private Register FromWord(string word, Scalar kind) => LlvmTypes.Of(kind) switch
    {
        "float" => Let($"bitcast i32 {word} to float", kind, 1),
        "i32" => new(word, kind, 1),
        var narrow => Let($"trunc i32 {word} to {narrow}", kind, 1),
    };

    /// <summary>Whether an index fits 32 bits without a sign: a GPU divides those many times faster.</summary>
    private static bool IsNarrow(Expr e) => Linear.Range(e) is { Low: >= 0, High: <= int.MaxValue };

    private Register Narrowly(string division, Register x, Register y)
    {
        string Cut(Register r) => r.IsLiteral ? r.Text : code.Let($"trunc {r} to i32");
        return Let($"zext i32 {code.Let($"{division} i32 {Cut(x)}, {Cut(y)}")} to i64", Scalar.I64, 1);
    }

    /// <summary>How places of a GPU's memory are aligned, as far as the index tells: neighbours then are read in one access. Whoever launches a kernel aligns its arrays.</summary>
    private int Aligned(Memory at, Place place)
    {
        const int widest = 16;
        if (!IsForGpu || at.PerByte > 1 || at.Buffer.Space == Space.Registers) return at.Alignment;
        var step = place.Flat.Terms.Values.Append(place.Flat.Constant).Aggregate(0L, (divisor, factor) => (long)System.Numerics.BigInteger.GreatestCommonDivisor(divisor, factor));
        var bytes = step * Math.Max(1, at.Buffer.Scalar.Bits / 8);
        return bytes == 0 ? widest : Math.Max(at.Alignment, (int)Math.Min(widest, bytes & -bytes));
    }

    /// <summary>A special register of PTX, as a whole number of 64 bits.</summary>
    private string Special(string register)
    {
        Module.Declare($"i32 @llvm.nvvm.read.ptx.sreg.{register}()");
        return code.Let($"zext i32 {code.Let($"call i32 @llvm.nvvm.read.ptx.sreg.{register}()")} to i64");
    }
}
