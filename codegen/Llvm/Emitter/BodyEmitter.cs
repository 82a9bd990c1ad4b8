using Lathe.Ir;

namespace Lathe.Codegen.Llvm;

/// <summary>Writes the statements and formulas of one function: one case for each kind.</summary>
/// <remarks>
/// Inside vector loops a formula is one register of all lanes, the innermost loop's side by side, or a scalar where it is the same in each.
/// A guard that differs between lanes is a mask. The parts of the class stand in a file each: statements, loops, values, indices, memory.
/// </remarks>
internal sealed partial class BodyEmitter(KernelWriter kernel, bool isParallel)
{
    private readonly FunctionWriter code = new();
    private readonly Scopes scopes = new();
    private readonly Dictionary<Buffer, Memory> memory = [];
    private readonly Dictionary<Axis, string> indices = [];
    private readonly Dictionary<Axis, long> bound = [];
    private readonly List<Axis> lanes = [];
    private Register? mask;

    public string Text => code.Text;

    /// <summary>Bytes of the widest register that was made.</summary>
    public int WidestVector { get; private set; }

    private int Lanes => lanes.Aggregate(1, (count, axis) => count * (int)axis.Extent.Whole);

    private ModuleWriter Module => kernel.Module;

    /// <summary>Says where a buffer is.</summary>
    public void Bind(Buffer buffer, string pointer, string fact = "") => memory[buffer] = new(pointer, buffer, [], fact);

    private Register Let(string instruction, Scalar kind, int lanes) => Made(code.Let(instruction), kind, lanes);

    private Register Made(string name, Scalar kind, int lanes)
    {
        WidestVector = Math.Max(WidestVector, lanes * Math.Max(1, kind.Bits / 8));
        return new(name, kind, lanes);
    }

    /// <summary>Calls one of LLVM's functions on registers.</summary>
    private Register Intrinsic(string name, Register result, params IEnumerable<Register> arguments) => Intrinsic(name, result, [.. arguments.Select(a => (a.Type, a.Text))]);

    private Register Intrinsic(string name, Register result, (string Type, string Text)[] arguments, string facts = "")
    {
        Module.Declare($"{result.Type} @{name}({string.Join(", ", arguments.Select(a => a.Type))})");
        return Let($"call {result.Type} @{name}({string.Join(", ", arguments.Select(a => $"{a.Type} {a.Text}"))}){facts}", result.Kind, result.Lanes);
    }

    private void Command(string name, (string Type, string Text)[] arguments, string facts = "")
    {
        Module.Declare($"void @{name}({string.Join(", ", arguments.Select(a => a.Type))})");
        code.Line($"call void @{name}({string.Join(", ", arguments.Select(a => $"{a.Type} {a.Text}"))}){facts}");
    }

    /// <summary>The number in every lane.</summary>
    private Register Spread(Register one, int count)
    {
        if (one.Lanes == count) return one;
        if (one.Lanes > 1) return Stretch(one, count);
        if (one.IsLiteral) return new($"splat ({one})", one.Kind, count);
        var type = LlvmTypes.Of(one.Kind, count);
        var first = code.Let($"insertelement {type} poison, {one}, i64 0");
        return Let($"shufflevector {type} {first}, {type} poison, <{count} x i32> zeroinitializer", one.Kind, count);
    }

    /// <summary>A number for each lane of outer loops, for the lanes of loops inside too: each repeated.</summary>
    private Register Stretch(Register few, int count) => Shuffle(few, few, [.. Enumerable.Range(0, count).Select(lane => lane / (count / few.Lanes))]);

    private Register Shuffle(Register a, Register b, int[] from) =>
        Let($"shufflevector {a}, {b}, <{from.Length} x i32> <{string.Join(", ", from.Select(lane => $"i32 {lane.Text()}"))}>", a.Kind, from.Length);

    /// <summary>Registers of as many lanes as the widest of them.</summary>
    private Register[] Alike(params IEnumerable<Register> registers)
    {
        Register[] all = [.. registers];
        var count = all.Max(r => r.Lanes);
        return count == 1 ? all : [.. all.Select(r => Spread(r, count))];
    }

    private Register Zero(Scalar kind, int count) => new(count > 1 ? "zeroinitializer" : LlvmTypes.Of(kind) is "float" or "double" ? "0.0" : kind == Scalar.Bool ? "false" : "0", kind, count);
}
