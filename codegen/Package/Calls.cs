using System.Globalization;
using Lathe.Codegen.Llvm;
using Lathe.Ir;

namespace Lathe.Codegen.Package;

/// <summary>The steps of a program as code: arguments gathered, branches taken, loops run; the host asked between kernels whether to go on, and told which kernel runs.</summary>
/// <param name="code">The function that is being written.</param>
/// <param name="late">Numbers that follow from what the run finds.</param>
/// <param name="symbolOf">The symbol of a kernel.</param>
/// <param name="strided">What runs where a caller gives strides.</param>
/// <param name="tensors">Where the caller's tensors lie.</param>
/// <param name="aliases">Which outputs may lie over which inputs.</param>
internal sealed class Calls(AssemblyText code, Program program, LateNumbers late, Func<string, string> symbolOf, StridedKernels strided, TensorRecords tensors, Aliases aliases)
{
    private readonly Dictionary<string, Kernel> kernels = program.Kernels.ToDictionary(k => k.Name);
    private readonly Dictionary<string, string> dimensions = [];
    private readonly HashSet<string> bound = program.Steps.Bound.Select(s => s.Name).ToHashSet(StringComparer.Ordinal);
    private readonly List<Step> refusals = [.. program.Steps.Flat.Where(s => s is Let or Demand)];
    private IReadOnlyDictionary<string, string> data = new Dictionary<string, string>();
    private Func<CallKernel, string> scratch = _ => "null";
    private Action<CallKernel> before = _ => { };
    private (string Cancelled, string Told, string User) host;
    private string arguments = "", rounds = "", strides = "";
    private int calls, loops;

    /// <param name="slots">A pointer for every slot.</param>
    /// <param name="dims">The dimensions that are known at entry.</param>
    /// <param name="room">The scratch of a step.</param>
    /// <param name="first">What must stand before a call.</param>
    public void Emit(IReadOnlyDictionary<string, string> slots, string dims, Func<CallKernel, string> room, Action<CallKernel> first)
    {
        if (program.Steps.Count == 0) return;
        (data, scratch, before) = (slots, room, first);
        arguments = code.Reserve($"[{Math.Max(1, program.Steps.Calls.Select(c => c.Arguments.Count).DefaultIfEmpty().Max())} x ptr]");
        if (program.Steps.Any(s => s is not CallKernel)) late.Reserve();
        if (program.Steps.Flat.Count(s => s is Repeat) is > 0 and var all) rounds = code.Reserve($"[{all} x i64]");
        foreach (var kernel in kernels.Values)
            dimensions[kernel.Name] = IsLate(kernel) ? code.Reserve($"[{kernel.Symbols.Count} x i64]") : DimensionsOf(code, kernel, program, dims);
        var own = program.Steps.Calls.Select(strided.Of).OfType<StridedKernel>().Select(k => Math.Max(k.Apart.Symbols.Count, k.SideBySide.Symbols.Count)).DefaultIfEmpty(0).Max();
        strides = own == 0 ? "" : code.Reserve($"[{own} x i64]");
        host = Host();
        Emit(program.Steps);
    }

    private bool IsLate(Kernel kernel) => kernel.Symbols.Any(s => bound.Contains(s.Name));

    private void Emit(Seq<Step> steps)
    {
        foreach (var step in steps)
            switch (step)
            {
                case CallKernel call: Emit(call); break;
                case Let l:
                    var number = Number(l.Value);
                    code.ReturnIf(code.Let($"icmp slt i64 {number}, {l.Symbol.Low}"), Refusal(l));
                    code.ReturnIf(code.Let($"icmp sgt i64 {number}, {l.Symbol.High}"), Refusal(l));
                    if (l.Most is not Ir.Number) code.ReturnIf(code.Let($"icmp sgt i64 {number}, {Number(l.Most)}"), Refusal(l));
                    late.Bind(l.Symbol, number);
                    break;
                case Demand d: code.ReturnIf(code.Let($"icmp eq i64 {Number(d.Guard.Condition)}, 0"), Refusal(d)); break;
                case Branch b: Emit(b); break;
                case Repeat r: Emit(r); break;
                default: throw new System.Diagnostics.UnreachableException($"a step {step.GetType().Name}");
            }
    }

    private void Emit(CallKernel call)
    {
        before(call);
        // Pointers first: they may come from other calls' results no more than from the table.
        foreach (var (i, argument) in call.Arguments.Index()) code.Line($"store ptr {data[argument]}, ptr {code.At(arguments, i * 8L)}");
        var own = dimensions[call.Kernel];
        if (IsLate(kernels[call.Kernel])) late.Gathered(kernels[call.Kernel], own);
        Ask();
        Tell(calls, 1);
        var room = scratch(call);
        if (strided.Of(call) is { } given) With(call, given, (kernel, values) => Invoke(kernel, values == "" ? own : values));
        else Invoke(call.Kernel, own);
        Tell(calls++, 0);

        void Invoke(string kernel, string values) => code.Line($"call void @\"{symbolOf(kernel)}\"(ptr {arguments}, ptr {values}, ptr {room}, ptr %host)");
    }

    private void Emit(Branch branch)
    {
        var (then, other, joined) = (code.NewLabel("then"), code.NewLabel("else"), code.NewLabel("joined"));
        code.Line($"br i1 {code.Let($"icmp ne i64 {Number(branch.Condition)}, 0")}, label %{then}, label %{other}");
        foreach (var (label, steps) in new[] { (then, branch.Then), (other, branch.Else) })
        {
            code.Label(label);
            Emit(steps);
            code.Line($"br label %{joined}");
        }
        code.Label(joined);
    }

    private void Emit(Repeat repeat)
    {
        var (head, body, done) = (code.NewLabel("round"), code.NewLabel("body"), code.NewLabel("done"));
        var counter = code.At(rounds, 8L * loops++);
        var count = repeat.Count is null ? null : Number(repeat.Count);
        code.Line($"store i64 0, ptr {counter}");
        code.Line($"br label %{head}");
        code.Label(head);
        var round = code.Let($"load i64, ptr {counter}");
        if (count is not null) Unless($"icmp slt i64 {round}, {count}");
        if (repeat.While is { } going) Unless($"icmp ne i64 {Number(going)}, 0");
        code.Line($"br label %{body}");
        code.Label(body);
        Ask(); // a round may hold no kernel
        late.Bind(repeat.Round, round);
        Emit(repeat.Body);
        code.Line($"store i64 {code.Let($"add i64 {round}, 1")}, ptr {counter}");
        code.Line($"br label %{head}");
        code.Label(done);
        if (repeat.Rounds is { } run) late.Bind(run, code.Let($"load i64, ptr {counter}"));

        void Unless(string condition)
        {
            var next = code.NewLabel("next");
            code.Line($"br i1 {code.Let(condition)}, label %{next}, label %{done}");
            code.Label(next);
        }
    }

    private string Number(Expr e) => late.Value(e, slot => data[slot]);

    /// <summary>The code of a step that ends a run.</summary>
    private int Refusal(Step step) => ErrorCodes.Refused + refusals.FindIndex(s => ReferenceEquals(s, step));

    /// <summary>The dimensions that a kernel takes, in its order: the program's own array where they are the same.</summary>
    public static string DimensionsOf(AssemblyText code, Kernel kernel, Program program, string dims)
    {
        if (kernel.Symbols.Count == 0) return "null";
        if (kernel.Symbols == program.Symbols) return dims;
        var own = code.Reserve($"[{kernel.Symbols.Count} x i64]");
        var places = program.Symbols.Index().ToDictionary(s => s.Item.Name, s => s.Index);
        foreach (var (i, symbol) in kernel.Symbols.Index()) code.Line($"store i64 {code.Field(dims, places[symbol.Name] * 8L, "i64")}, ptr {code.At(own, i * 8L)}");
        return own;
    }

    /// <summary>Runs the kernel as it is where all tensors are dense, else the one that takes their strides.</summary>
    private void With(CallKernel call, StridedKernel given, Action<string, string> invoke)
    {
        var (sideBySide, apart, some, dense, done) = (code.NewLabel("side"), code.NewLabel("apart"), code.NewLabel("strided"), code.NewLabel("dense"), code.NewLabel("done"));
        code.Line($"br i1 {tensors.AnyStrided}, label %{some}, label %{dense}");
        code.Label(some);
        if (aliases.IsCopy(call))
        {
            // A cache that grows in place: what it holds is there already.
            var copy = code.NewLabel("copy");
            code.Line($"br i1 {code.Let($"icmp eq ptr {data[call.Arguments[0]]}, {data[call.Arguments[1]]}")}, label %{done}, label %{copy}");
            code.Label(copy);
        }
        code.Line($"br i1 {tensors.AnyApart}, label %{apart}, label %{sideBySide}");
        foreach (var (label, kernel) in new[] { (sideBySide, given.SideBySide), (apart, given.Apart) })
        {
            code.Label(label);
            foreach (var (i, symbol) in kernel.Symbols.Index())
            {
                var value = given.Strides.FirstOrDefault(s => s.Symbol == symbol.Name) is { Symbol: not null } stride ? tensors.Stride(call.Arguments[stride.Argument], stride.Axis)
                    : late.Value(symbol);
                code.Line($"store i64 {value}, ptr {code.At(strides, i * 8L)}");
            }
            invoke(kernel.Name, strides);
            code.Line($"br label %{done}");
        }
        code.Label(dense);
        invoke(call.Kernel, "");
        code.Line($"br label %{done}");
        code.Label(done);
    }

    private (string Cancelled, string Told, string User) Host()
    {
        var (some, none, joined) = (code.NewLabel("hosted"), code.NewLabel("alone"), code.NewLabel("start"));
        code.Line($"br i1 {code.Let("icmp eq ptr %host, null")}, label %{none}, label %{some}");
        code.Label(some);
        var (user, cancelled, told) = (code.Load("%host", AbiTypes.User, "ptr"), code.Load("%host", AbiTypes.Cancelled, "ptr"), code.Load("%host", AbiTypes.Kernel, "ptr"));
        code.Line($"br label %{joined}");
        code.Label(none);
        code.Line($"br label %{joined}");
        code.Label(joined);
        string Either(string value) => code.Let($"phi ptr [ {value}, %{some} ], [ null, %{none} ]");
        return (Either(cancelled), Either(told), Either(user));
    }

    private void Ask()
    {
        var (ask, go) = (code.NewLabel("ask"), code.NewLabel("go"));
        code.Line($"br i1 {code.Let($"icmp eq ptr {host.Cancelled}, null")}, label %{go}, label %{ask}");
        code.Label(ask);
        code.ReturnIf(code.Let($"icmp ne i32 {code.Let($"call i32 {host.Cancelled}(ptr {host.User})")}, 0"), ErrorCodes.Cancelled);
        code.Line($"br label %{go}");
        code.Label(go);
    }

    private void Tell(int id, int begin)
    {
        var (tell, go) = (code.NewLabel("tell"), code.NewLabel("go"));
        code.Line($"br i1 {code.Let($"icmp eq ptr {host.Told}, null")}, label %{go}, label %{tell}");
        code.Label(tell);
        code.Line(string.Create(CultureInfo.InvariantCulture, $"call void {host.Told}(ptr {host.User}, i32 {id}, i32 {begin})"));
        code.Line($"br label %{go}");
        code.Label(go);
    }
}
