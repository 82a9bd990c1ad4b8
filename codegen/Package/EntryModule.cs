using Lathe.Codegen.Llvm;
using Lathe.Ir;

namespace Lathe.Codegen.Package;

/// <summary>
/// The functions of a model's C ABI as LLVM assembly: checks at entry, the calls of its kernels. It computes nothing itself:
/// numbers that depend on dimensions come from the <see cref="PlanKernel"/>, everything else from the program's kernels.
/// </summary>
/// <param name="model">Names.</param>
/// <param name="prefix">Of the functions, which the <see cref="DispatchModule"/> calls.</param>
/// <param name="refusal">What a processor that cannot run the code is told.</param>
/// <param name="symbolOf">The symbol that a kernel of the program was emitted under.</param>
/// <param name="planOf">The symbol that the plan, or another kernel of the entry's own, is emitted under.</param>
/// <param name="strided">What runs where a caller gives strides.</param>
/// <param name="pool">The built-in pool's <c>parallel_for</c>, for runs without a host; null: those run on the calling thread.</param>
public sealed class EntryModule(ModelInterface model, string prefix, string refusal, PlanKernel plan, Func<string, string> symbolOf, Func<string, string> planOf, StridedKernels strided, string? pool = null)
{
    private readonly AssemblyText code = new();
    private readonly Aliases aliases = new(model.Program);
    private readonly List<Kernel> late = [];
    private readonly Bounds bounds = Bounds.Of(model.Program);

    private Program Program => model.Program;

    /// <summary>Kernels of the entry's own, to be emitted beside the plan; known once the text is.</summary>
    public IReadOnlyList<Kernel> Late => late;

    public string Emit()
    {
        foreach (var symbol in Program.Kernels.Concat(strided.Kernels).Select(k => symbolOf(k.Name)).Append(planOf(plan.Kernel.Name))) Declare(symbol);
        if (pool is not null)
            code.Raw($"declare hidden void @{pool}(ptr, i64, ptr, ptr)").Raw($"@pooled = private constant {AbiTypes.Host} {{ i32 {AbiTypes.SizeOf(AbiTypes.Host)}, i32 1, ptr null, ptr @{pool}, ptr null, ptr null }}");
        code.Raw(EmbeddedText.Read("Strides.ll"));
        Errors();
        WorkspaceBytes();
        Shapes();
        Invoke();
        foreach (var kernel in late) Declare(planOf(kernel.Name));
        return code.ToString();
    }

    private void Declare(string symbol) => code.Raw($"declare hidden void @\"{symbol}\"(ptr, ptr, ptr, ptr) nounwind");

    private void Errors()
    {
        var all = ErrorCodes.Of(Program, strided, refusal).ToList();
        foreach (var (i, entry) in all.Index()) code.Raw($"@error{i} = private unnamed_addr constant {AssemblyText.CString(entry.Text)}");
        code.Raw($"@unknown = private unnamed_addr constant {AssemblyText.CString("no such code")}");
        code.Raw($"define hidden ptr @\"{prefix}error\"(i32 %code) nounwind noredzone {{");
        code.Line($"switch i32 %code, label %other [ {string.Join(" ", all.Index().Select(e => $"i32 {e.Item.Code}, label %e{e.Index}"))} ]");
        foreach (var (i, _) in all.Index()) { code.Label($"e{i}"); code.Line($"ret ptr @error{i}"); }
        code.Label("other");
        code.Line("ret ptr @unknown").Raw("}");
    }

    private void WorkspaceBytes()
    {
        code.Raw($"define hidden i64 @\"{prefix}workspace_bytes\"(ptr %dims) nounwind noredzone {{");
        Given("%dims", "i64", _ => 0);
        var table = Table("%dims");
        foreach (var guard in Program.Guards) code.ReturnIf(code.Let($"icmp eq i64 {Number(guard.Condition, table)}, 0"), 0, "i64");
        // Never 0, which says that the dimensions are wrong; a multiple of 64, which aligned_alloc wants.
        var bytes = code.Let($"add i64 {Number(Program.ArenaBytes, table)}, 63");
        var some = code.Let($"call i64 @llvm.umax.i64(i64 {code.Let($"and i64 {bytes}, -64")}, i64 64)");
        code.Line($"ret i64 {some}").Raw("}").Raw("declare i64 @llvm.umax.i64(i64, i64)");
    }

    private void Shapes()
    {
        code.Raw($"define hidden i32 @\"{prefix}shapes\"(ptr %dims, ptr %out) nounwind noredzone {{");
        code.ReturnIf(code.Let("icmp eq ptr %out, null"), ErrorCodes.MissingArgument);
        Given("%dims", "i32", error => error);
        var table = Table("%dims");
        var place = 0L;
        foreach (var extent in Program.Inputs.Concat(Program.Outputs).SelectMany(v => v.Type.Shape))
        {
            code.Line($"store i64 {Number(bounds.Most(extent), table)}, ptr {code.At("%out", place)}"); // where a run decides, the bound
            place += 8;
        }
        code.Line("ret i32 0").Raw("}");
    }

    private void Invoke()
    {
        var allowed = Program.Outputs.SelectMany(o => Program.Inputs.Select(i => $"i8 {(byte)Alias(i, o)}")).DefaultIfEmpty("i8 0").ToList();
        code.Raw($"@aliases = private constant [{allowed.Count} x i8] [{string.Join(", ", allowed)}]");
        code.Raw($"define hidden i32 @\"{prefix}invoke\"(ptr %model, ptr %inputs, ptr %outputs, ptr %given, ptr %workspace, ptr %services) nounwind noredzone {{");
        KnownHost();
        code.Line($"%host = select i1 {code.Let("icmp eq ptr %services, null")}, ptr {(pool is null ? "null" : "@pooled")}, ptr %services");
        code.ReturnIf(code.Let("icmp eq ptr %model, null"), ErrorCodes.MissingArgument);
        if (Program.Inputs.Count > 0) code.ReturnIf(code.Let("icmp eq ptr %inputs, null"), ErrorCodes.MissingArgument);
        code.ReturnIf(code.Let("icmp eq ptr %outputs, null"), ErrorCodes.MissingArgument);
        var data = new Dictionary<string, string>();
        var shapes = new List<string>();
        foreach (var (i, value) in Program.Inputs.Index())
        {
            data[value.Name] = code.Load("%inputs", AbiTypes.Data, "ptr", i);
            shapes.Add(value.Type.Rank == 0 ? "" : Present(code.Load("%inputs", AbiTypes.Shape, "ptr", i), ErrorCodes.InputMissing + i));
            Aligned(data[value.Name], value, ErrorCodes.InputAlignment + i);
        }
        var dims = Dimensions(shapes);
        var table = Table(dims);
        var tensors = new TensorRecords(code, Program);
        foreach (var (i, value) in Program.Inputs.Index())
        {
            foreach (var (axis, extent) in value.Type.Shape.Index())
                code.ReturnIf(code.Let($"icmp ne i64 {code.Field(shapes[i], axis * 8, "i64")}, {Number(extent, table)}"), ErrorCodes.InputShape + i);
            var strides = value.Type.Rank == 0 ? "null" : code.Load("%inputs", AbiTypes.Strides, "ptr", i);
            var placed = tensors.Add(value, data[value.Name], shapes[i], strides);
            Placed(placed, value, ErrorCodes.InputStrides + i, mayShare: true);
            PresentUnlessEmpty(data[value.Name], placed.Bytes, ErrorCodes.InputMissing + i);
        }
        foreach (var (i, guard) in Program.Guards.Index()) code.ReturnIf(code.Let($"icmp eq i64 {Number(guard.Condition, table)}, 0"), ErrorCodes.Guard + i);
        foreach (var (i, value) in Program.Outputs.Index())
        {
            if (IsLate(value))
            {
                // How large it is shows on the way: its shape and capacity are seen to where it is stored.
                if (value.Type.Rank > 0) Present(code.Load("%outputs", AbiTypes.Shape, "ptr", i), ErrorCodes.OutputMissing + i);
                data[value.Name] = code.Load("%outputs", AbiTypes.Data, "ptr", i);
                tensors.AddLate(value, data[value.Name], code.Load("%outputs", AbiTypes.Capacity, "i64", i));
                code.ReturnIf(code.Let($"icmp ne ptr {code.Load("%outputs", AbiTypes.Strides, "ptr", i)}, null"), ErrorCodes.OutputStrides + i);
                Aligned(data[value.Name], value, ErrorCodes.OutputAlignment + i);
                continue;
            }
            var (shape, strides) = ("", "null");
            if (value.Type.Rank > 0)
            {
                (shape, strides) = (Present(code.Load("%outputs", AbiTypes.Shape, "ptr", i), ErrorCodes.OutputMissing + i), code.Load("%outputs", AbiTypes.Strides, "ptr", i));
                foreach (var (axis, extent) in value.Type.Shape.Index()) code.Line($"store i64 {Number(extent, table)}, ptr {code.At(shape, axis * 8)}");
            }
            data[value.Name] = code.Load("%outputs", AbiTypes.Data, "ptr", i);
            var placed = tensors.Add(value, data[value.Name], shape, strides);
            Placed(placed, value, ErrorCodes.OutputStrides + i, mayShare: false);
            Enough(i, placed.Bytes, ErrorCodes.OutputCapacity + i);
            PresentUnlessEmpty(data[value.Name], placed.Bytes, ErrorCodes.OutputMissing + i);
            Aligned(data[value.Name], value, ErrorCodes.OutputAlignment + i);
        }
        tensors.ReturnIfOverlapping("@aliases");
        if (Program.ArenaBytes is not Ir.Number { Integer: 0 })
        {
            code.ReturnIf(code.Let("icmp eq ptr %workspace, null"), ErrorCodes.BadWorkspace);
            var address = code.Let("ptrtoint ptr %workspace to i64");
            code.ReturnIf(code.Let($"icmp ne i64 {code.Let($"and i64 {address}, 63")}, 0"), ErrorCodes.BadWorkspace);
        }
        var stored = code.Field("%model", 0, "ptr");
        foreach (var slot in Program.Slots)
            if (slot.Kind is SlotKind.Weight or SlotKind.Arena) data[slot.Name] = Offset(slot.Kind == SlotKind.Weight ? stored : "%workspace", Number(slot.Offset, table));
        var numbers = new LateNumbers(code, Program, dims, planOf);
        new Calls(code, Program, numbers, symbolOf, strided, tensors, aliases).Emit(data, dims, step => step.Scratch is { } scratch ? Offset("%workspace", Number(scratch, table)) : "null", call => LateOutputs(call, numbers));
        late.AddRange(numbers.Kernels);
        code.Line("ret i32 0").Raw("}");
    }

    private bool IsLate(Value value) => value.Type.Shape.Any(extent => bounds.BoundIn(extent).Any());

    /// <summary>Before a call that stores an output whose size the run has found: its shape is written, its capacity must do.</summary>
    private void LateOutputs(CallKernel call, LateNumbers numbers)
    {
        var stored = call.Arguments.Skip(Program.Kernels.First(k => k.Name == call.Kernel).Inputs.Count).ToHashSet(StringComparer.Ordinal);
        foreach (var (i, value) in Program.Outputs.Index().Where(o => IsLate(o.Item) && stored.Contains(o.Item.Name)))
        {
            var shape = code.Load("%outputs", AbiTypes.Shape, "ptr", i);
            foreach (var (axis, extent) in value.Type.Shape.Index()) code.Line($"store i64 {numbers.Value(extent)}, ptr {code.At(shape, axis * 8)}");
            var bytes = numbers.Value(PlanKernel.Bytes(value.Type));
            Enough(i, bytes, ErrorCodes.OutputCapacity + i);
            PresentUnlessEmpty(code.Load("%outputs", AbiTypes.Data, "ptr", i), bytes, ErrorCodes.OutputMissing + i);
        }
    }

    /// <summary>The dimensions of this run, each read off the first input that has it.</summary>
    private string Dimensions(List<string> shapes)
    {
        if (LateNumbers.Symbols(Program) is var all && all.Count == 0) return "null";
        var dims = code.Reserve($"[{all.Count} x i64]");
        if (Program.Symbols.Count == 0) return dims;
        foreach (var (s, symbol) in Program.Symbols.Index())
        {
            var (input, axis) = (from v in Program.Inputs.Index() from e in v.Item.Type.Shape.Index() where e.Item == symbol select (v.Index, e.Index)).First();
            var extent = code.Field(shapes[input], axis * 8, "i64");
            InRange(extent, symbol, ErrorCodes.InputShape + input);
            code.Line($"store i64 {extent}, ptr {code.At(dims, s * 8)}");
        }
        var (check, done) = (code.NewLabel("check"), code.NewLabel("checked"));
        code.Line($"br i1 {code.Let("icmp eq ptr %given, null")}, label %{done}, label %{check}");
        code.Label(check);
        for (var s = 0; s < Program.Symbols.Count; s++)
            code.ReturnIf(code.Let($"icmp ne i64 {code.Field("%given", s * 8, "i64")}, {code.Field(dims, s * 8, "i64")}"), ErrorCodes.DimensionsDiffer);
        code.Line($"br label %{done}");
        code.Label(done);
        return dims;
    }

    /// <summary>Refuses dimensions that are not there or out of their ranges: what follows from them has a meaning inside those only.</summary>
    /// <param name="result">What the function returns for an error code.</param>
    private void Given(string dims, string type, Func<int, int> result)
    {
        if (Program.Symbols.Count == 0) return;
        code.ReturnIf(code.Let($"icmp eq ptr {dims}, null"), result(ErrorCodes.MissingArgument), type);
        foreach (var (s, symbol) in Program.Symbols.Index()) InRange(code.Field(dims, s * 8, "i64"), symbol, result(ErrorCodes.DimensionRange + s), type);
    }

    private void InRange(string extent, Symbol symbol, int result, string type = "i32")
    {
        code.ReturnIf(code.Let($"icmp slt i64 {extent}, {symbol.Low}"), result, type);
        code.ReturnIf(code.Let($"icmp sgt i64 {extent}, {symbol.High}"), result, type);
    }

    /// <summary>A host of this version or a later one begins with the members that are read here.</summary>
    private void KnownHost()
    {
        var (check, done) = (code.NewLabel("host"), code.NewLabel("known"));
        code.Line($"br i1 {code.Let("icmp eq ptr %services, null")}, label %{done}, label %{check}");
        code.Label(check);
        code.ReturnIf(code.Let($"icmp ult i32 {code.Load("%services", AbiTypes.Size, "i32")}, {AbiTypes.SizeOf(AbiTypes.Host)}"), ErrorCodes.HostUnknown);
        code.ReturnIf(code.Let($"icmp ult i32 {code.Load("%services", AbiTypes.Version, "i32")}, {LatheHeader.Abi}"), ErrorCodes.HostUnknown);
        code.Line($"br label %{done}");
        code.Label(done);
    }

    /// <summary>The table of numbers that depend on dimensions, filled; null where there are none.</summary>
    private string Table(string dims)
    {
        if (plan.Count == 0) return "null";
        var table = code.Reserve($"[{plan.Count} x i64]");
        var arguments = code.Reserve("[1 x ptr]");
        code.Line($"store ptr {table}, ptr {arguments}");
        code.Line($"call void @\"{planOf(plan.Kernel.Name)}\"(ptr {arguments}, ptr {Calls.DimensionsOf(code, plan.Kernel, Program, dims)}, ptr null, ptr null)");
        return table;
    }

    private string Number(Expr expr, string table) => plan.Find(expr) is { Value: { } known } ? known.ToString(System.Globalization.CultureInfo.InvariantCulture) : code.Field(table, plan.Find(expr).Place * 8L, "i64");

    private string Offset(string pointer, string bytes) => bytes == "0" ? pointer : code.Let($"getelementptr inbounds i8, ptr {pointer}, i64 {bytes}");

    private string Present(string pointer, int error)
    {
        code.ReturnIf(code.Let($"icmp eq ptr {pointer}, null"), error);
        return pointer;
    }

    /// <summary>A tensor without elements needs no memory: its pointer may be null, as <c>malloc(0)</c> and empty vectors give it.</summary>
    private void PresentUnlessEmpty(string pointer, string bytes, int error)
    {
        var missing = code.Let($"icmp eq ptr {pointer}, null");
        code.ReturnIf(code.Let($"and i1 {missing}, {code.Let($"icmp ne i64 {bytes}, 0")}"), error);
    }

    private void Aligned(string pointer, Value value, int error)
    {
        var bytes = value.Type.Scalar.Bits / 8;
        if (bytes <= 1) return;
        var address = code.Let($"ptrtoint ptr {pointer} to i64");
        code.ReturnIf(code.Let($"icmp ne i64 {code.Let($"and i64 {address}, {bytes - 1}")}, 0"), error);
    }

    /// <summary>Refuses strides that no kernel of this model takes, or that no memory has.</summary>
    /// <param name="mayShare">Whether elements may lie on one another: those of an input that repeats.</param>
    private void Placed(TensorRecords.Record record, Value value, int error, bool mayShare)
    {
        var wrong = TensorRecords.TooFar | (mayShare ? 0 : TensorRecords.Shared) | (strided.Takes(value) ? 0 : TensorRecords.Strided);
        code.ReturnIf(code.Let($"icmp ne i32 {code.Let($"and i32 {record.Flags}, {wrong}")}, 0"), error);
    }

    private Alias Alias(Value input, Value output) => aliases.Of(input, output) is var alias && alias == Package.Alias.SamePlace && !(strided.Takes(input) && strided.Takes(output)) ? Package.Alias.Never : alias;

    /// <summary>A capacity below what is needed is set to that and refused.</summary>
    private void Enough(int tensor, string needed, int error)
    {
        var (small, enough) = (code.NewLabel("small"), code.NewLabel("enough"));
        code.Line($"br i1 {code.Let($"icmp ult i64 {code.Load("%outputs", AbiTypes.Capacity, "i64", tensor)}, {needed}")}, label %{small}, label %{enough}");
        code.Label(small);
        code.Line($"store i64 {needed}, ptr {code.Place("%outputs", AbiTypes.Capacity, tensor)}");
        code.Line($"ret i32 {error}");
        code.Label(enough);
    }
}
