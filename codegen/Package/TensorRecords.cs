using Lathe.Ir;

namespace Lathe.Codegen.Package;

/// <summary>
/// Where a caller's tensors lie, as the entry finds it out in a run: strides, the stretch of memory from the first element to the last, and whether outputs
/// lie over inputs. Strides.ll holds the two functions that it calls.
/// </summary>
internal sealed class TensorRecords
{
    /// <summary>What a record's flags say.</summary>
    public const int Strided = 1, Apart = 2, Shared = 4, TooFar = 8;

    private const int Words = 6;
    private readonly AssemblyText code;
    private readonly Program program;
    private readonly string inputs, outputs, strides;
    private readonly Dictionary<string, int> places = new(StringComparer.Ordinal);
    private int added, axes;
    private string flags = "0";

    public TensorRecords(AssemblyText code, Program program)
    {
        (this.code, this.program) = (code, program);
        inputs = code.Reserve($"[{Math.Max(1, Words * program.Inputs.Count)} x i64]");
        outputs = code.Reserve($"[{Math.Max(1, Words * program.Outputs.Count)} x i64]");
        strides = code.Reserve($"[{Math.Max(1, program.Inputs.Concat(program.Outputs).Sum(v => v.Type.Rank))} x i64]");
    }

    /// <summary>What is known of a tensor.</summary>
    /// <param name="Flags">An i32 of the bits above.</param>
    /// <param name="Bytes">An i64: how far its last byte's end lies from data.</param>
    public sealed record Record(string Flags, string Bytes);

    /// <summary>Whether any tensor has strides that are not a dense one's, or lies over another; known once overlaps are.</summary>
    public string AnyStrided { get; private set; } = "false";

    /// <summary>Whether the last axis of any tensor has a stride other than 1.</summary>
    public string AnyApart { get; private set; } = "false";

    /// <summary>The next tensor: inputs in order, then outputs.</summary>
    /// <param name="shape">Its extents in memory; nothing where it has no axes.</param>
    public Record Add(Value value, string data, string shape, string given)
    {
        var (rank, bits, record) = (value.Type.Rank, value.Type.Scalar.Bits, code.At(added < program.Inputs.Count ? inputs : outputs, 8L * Words * (added < program.Inputs.Count ? added : added - program.Inputs.Count)));
        places[value.Name] = axes;
        var own = code.At(strides, 8L * axes);
        var extents = rank == 0 ? "null" : shape;
        var found = code.Let($"call i32 @strides(ptr {given}, ptr {extents}, i64 {rank}, ptr {own}, ptr {record})");
        var end = Bytes(code.Field(record, 8, "i64"));
        code.Line($"store ptr {code.Let($"getelementptr i8, ptr {data}, i64 {Bytes(code.Field(record, 0, "i64"))}")}, ptr {record}");
        code.Line($"store ptr {code.Let($"getelementptr i8, ptr {data}, i64 {end}")}, ptr {code.At(record, 8)}");
        code.Line($"store ptr {data}, ptr {code.At(record, 16)}").Line($"store ptr {own}, ptr {code.At(record, 24)}");
        code.Line($"store ptr {extents}, ptr {code.At(record, 32)}").Line($"store i64 {rank}, ptr {code.At(record, 40)}");
        flags = code.Let($"or i32 {flags}, {found}");
        (added, axes) = (added + 1, axes + rank);
        return new(found, end);

        string Bytes(string elements) => bits % 8 == 0 ? code.Let($"mul i64 {elements}, {bits / 8}") : code.Let($"sdiv i64 {code.Let($"add i64 {code.Let($"mul i64 {elements}, {bits}")}, 7")}, 8");
    }

    /// <summary>The next output, whose size a run decides: it may fill all of its capacity.</summary>
    public void AddLate(Value value, string data, string capacity)
    {
        var record = code.At(outputs, 8L * Words * (added - program.Inputs.Count));
        (places[value.Name], var own) = (axes, code.At(strides, 8L * axes));
        code.Line($"store ptr {data}, ptr {record}").Line($"store ptr {code.Let($"getelementptr i8, ptr {data}, i64 {capacity}")}, ptr {code.At(record, 8)}");
        code.Line($"store ptr {data}, ptr {code.At(record, 16)}").Line($"store ptr {own}, ptr {code.At(record, 24)}");
        code.Line($"store ptr null, ptr {code.At(record, 32)}").Line($"store i64 0, ptr {code.At(record, 40)}");
        (added, axes) = (added + 1, axes + value.Type.Rank);
    }

    /// <summary>An i64: the stride of a tensor along an axis, in elements.</summary>
    public string Stride(string tensor, int axis) => code.Field(strides, 8L * (places[tensor] + axis), "i64");

    /// <summary>Returns a code where an output lies over what it must not, once all tensors are added.</summary>
    /// <param name="allowed">The table that Strides.ll speaks of.</param>
    public void ReturnIfOverlapping(string allowed)
    {
        var wrong = code.Let($"call i64 @overlaps(ptr {inputs}, i64 {program.Inputs.Count}, ptr {outputs}, i64 {program.Outputs.Count}, ptr {allowed})");
        var (fail, ok) = (code.NewLabel("overlap"), code.NewLabel("apart"));
        code.Line($"br i1 {code.Let($"icmp sgt i64 {wrong}, 0")}, label %{fail}, label %{ok}");
        code.Label(fail);
        code.Line($"ret i32 {code.Let($"add i32 {code.Let($"trunc i64 {wrong} to i32")}, {ErrorCodes.OutputOverlap - 1}")}");
        code.Label(ok);
        var given = code.Let($"and i32 {flags}, {Strided}");
        AnyStrided = code.Let($"or i1 {code.Let($"icmp ne i32 {given}, 0")}, {code.Let($"icmp slt i64 {wrong}, 0")}");
        AnyApart = code.Let($"icmp ne i32 {code.Let($"and i32 {flags}, {Apart}")}, 0");
    }
}
