using Lathe.Ir;

namespace Lathe.Codegen.Package;

/// <summary>The steps of a program as calls: arguments gathered, the host asked between kernels whether to go on, and told which kernel runs.</summary>
internal sealed class Calls(AssemblyText code, Program program, Func<string, string> symbolOf, StridedKernels strided, TensorRecords tensors, Aliases aliases)
{
    private const int HostUser = 8, HostCancelled = 24, HostKernel = 32;

    /// <param name="data">A pointer for every slot.</param>
    /// <param name="dims">The program's dimensions.</param>
    /// <param name="scratch">The scratch of a step.</param>
    public void Emit(IReadOnlyDictionary<string, string> data, string dims, Func<CallKernel, string> scratch)
    {
        var kernels = program.Kernels.ToDictionary(k => k.Name);
        var calls = program.Steps.OfType<CallKernel>().ToList();
        if (calls.Count == 0) return;
        var arguments = code.Let($"alloca [{calls.Max(c => c.Arguments.Count)} x ptr], align 8");
        var dimensions = kernels.Values.ToDictionary(k => k.Name, k => DimensionsOf(code, k, program, dims));
        var own = calls.Select(strided.Of).OfType<StridedKernel>().Select(k => k.Apart.Symbols.Count).DefaultIfEmpty(0).Max();
        var strides = own == 0 ? "" : code.Let($"alloca [{own} x i64], align 8");
        var (cancelled, told, user) = Host();
        foreach (var (id, call) in calls.Index())
        {
            // Pointers first: they may come from other calls' results no more than from the table.
            foreach (var (i, argument) in call.Arguments.Index()) code.Line($"store ptr {data[argument]}, ptr {code.At(arguments, i * 8L)}");
            Ask(cancelled, user);
            Tell(told, user, id, 1);
            var room = scratch(call);
            if (strided.Of(call) is { } given) With(call, given, data, strides, dims, (kernel, values) => Invoke(kernel, values == "" ? dimensions[kernel] : values));
            else Invoke(call.Kernel, dimensions[call.Kernel]);

            void Invoke(string kernel, string values) => code.Line($"call void @\"{symbolOf(kernel)}\"(ptr {arguments}, ptr {values}, ptr {room}, ptr %host)");
            Tell(told, user, id, 0);
        }
    }

    /// <summary>The dimensions that a kernel takes, in its order: the program's own array where they are the same.</summary>
    public static string DimensionsOf(AssemblyText code, Kernel kernel, Program program, string dims)
    {
        if (kernel.Symbols.Count == 0) return "null";
        if (kernel.Symbols == program.Symbols) return dims;
        var own = code.Let($"alloca [{kernel.Symbols.Count} x i64], align 8");
        var places = program.Symbols.Index().ToDictionary(s => s.Item.Name, s => s.Index);
        foreach (var (i, symbol) in kernel.Symbols.Index()) code.Line($"store i64 {code.Field(dims, places[symbol.Name] * 8L, "i64")}, ptr {code.At(own, i * 8L)}");
        return own;
    }

    /// <summary>Runs the kernel as it is where all tensors are dense, else the one that takes their strides.</summary>
    private void With(CallKernel call, StridedKernel given, IReadOnlyDictionary<string, string> data, string values, string dims, Action<string, string> invoke)
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
                    : code.Field(dims, program.Symbols.ToList().IndexOf(symbol) * 8L, "i64");
                code.Line($"store i64 {value}, ptr {code.At(values, i * 8L)}");
            }
            invoke(kernel.Name, values);
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
        var (user, cancelled, told) = (code.Field("%host", HostUser, "ptr"), code.Field("%host", HostCancelled, "ptr"), code.Field("%host", HostKernel, "ptr"));
        code.Line($"br label %{joined}");
        code.Label(none);
        code.Line($"br label %{joined}");
        code.Label(joined);
        string Either(string value) => code.Let($"phi ptr [ {value}, %{some} ], [ null, %{none} ]");
        return (Either(cancelled), Either(told), Either(user));
    }

    private void Ask(string cancelled, string user)
    {
        var (ask, go) = (code.NewLabel("ask"), code.NewLabel("go"));
        code.Line($"br i1 {code.Let($"icmp eq ptr {cancelled}, null")}, label %{go}, label %{ask}");
        code.Label(ask);
        code.ReturnIf(code.Let($"icmp ne i32 {code.Let($"call i32 {cancelled}(ptr {user})")}, 0"), ErrorCodes.Cancelled);
        code.Line($"br label %{go}");
        code.Label(go);
    }

    private void Tell(string told, string user, int id, int begin)
    {
        var (tell, go) = (code.NewLabel("tell"), code.NewLabel("go"));
        code.Line($"br i1 {code.Let($"icmp eq ptr {told}, null")}, label %{go}, label %{tell}");
        code.Label(tell);
        code.Line($"call void {told}(ptr {user}, i32 {id}, i32 {begin})");
        code.Line($"br label %{go}");
        code.Label(go);
    }
}
