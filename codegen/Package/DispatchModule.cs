using System.Globalization;
using Lathe.Codegen.Llvm;

namespace Lathe.Codegen.Package;

/// <summary>Code of a model for one processor.</summary>
/// <param name="Target">Which.</param>
/// <param name="Prefix">Of its functions.</param>
public sealed record CpuLevel(CpuTarget Target, string Prefix);

/// <summary>
/// The functions that a model's library offers, over one or several levels of code: opening asks the processor, once, for the highest level that it can run,
/// and every later call goes there. A processor that can run none is refused with a code, before any instruction that it does not have.
/// </summary>
/// <param name="model">Names.</param>
/// <param name="levels">The least first.</param>
/// <param name="weights">Where the weights are: once for all levels.</param>
public sealed class DispatchModule(ModelInterface model, IReadOnlyList<CpuLevel> levels, WeightPlace weights)
{
    /// <summary>The environment's variable that asks for a lower level than the processor's, for tests and comparisons.</summary>
    public const string Variable = "LATHE_CPU";

    private readonly AssemblyText code = new();

    private bool Asks => levels.All(l => CpuCheck.Asks(l.Target));

    /// <summary>What a processor without any of the levels is told.</summary>
    public static string Refusal(IEnumerable<CpuLevel> levels) => $"this processor lacks instructions that the code was made for: it needs {string.Join(" or ", levels.Select(l => l.Target.Cpu))}";

    public string Emit()
    {
        code.Raw(weights.Declarations(model.Name));
        foreach (var level in levels)
            foreach (var (name, type, parameters) in Functions) code.Raw($"declare hidden {type} @\"{level.Prefix}{name}\"({parameters})");
        Chosen();
        code.Raw(weights.Open(model.Name));
        code.Raw($"define i32 @{model.Name}_open(ptr %path, ptr %model) nounwind noredzone {{");
        if (Asks) code.ReturnIf(code.Let($"icmp eq i32 {code.Let("call i32 @chosen()")}, 0"), ErrorCodes.ProcessorUnknown);
        code.Line("%code = call i32 @opened_from(ptr %path, ptr %model)").Line("ret i32 %code").Raw("}");
        foreach (var (name, type, parameters) in Functions) Forward(name, type, parameters);
        code.Raw($"define i32 @{model.Name}_run(ptr %model, ptr %inputs, ptr %outputs, ptr %workspace, ptr %host) nounwind noredzone {{");
        code.Line($"%code = notail call i32 @{model.Name}_invoke(ptr %model, ptr %inputs, ptr %outputs, ptr null, ptr %workspace, ptr %host)").Line("ret i32 %code").Raw("}");
        return code.ToString();
    }

    /// <summary>What each level has.</summary>
    private static IReadOnlyList<(string Name, string Type, string Parameters)> Functions { get; } =
        [("contract", "ptr", ""), ("error", "ptr", "i32"), ("workspace_bytes", "i64", "ptr"), ("shapes", "i32", "ptr, ptr"), ("invoke", "i32", "ptr, ptr, ptr, ptr, ptr, ptr")];

    /// <summary>Calls the level's own; with several levels and none that fits, the least: it only says what things mean, since nothing was opened.</summary>
    private void Forward(string name, string type, string parameters)
    {
        string[] types = [.. parameters.Split(", ", StringSplitOptions.RemoveEmptyEntries)];
        code.Raw($"define {type} @{model.Name}_{name}({string.Join(", ", types.Select((t, i) => $"{t} %a{i}"))}) nounwind noredzone {{");
        var arguments = string.Join(", ", types.Select((t, i) => $"{t} %a{i}"));
        if (levels.Count > 1)
        {
            var level = code.Let("call i32 @chosen()");
            var cases = levels.Index().Skip(1).Select(l => (l.Item, l.Index, Label: code.NewLabel("level"))).ToList();
            code.Line($"switch i32 {level}, label %least [ {string.Join(" ", cases.Select(c => string.Create(CultureInfo.InvariantCulture, $"i32 {c.Index + 1}, label %{c.Label}")))} ]");
            foreach (var (target, _, label) in cases)
            {
                code.Label(label);
                Call(target);
            }
            code.Label("least");
        }
        Call(levels[0]);
        code.Raw("}");

        void Call(CpuLevel level) => code.Line($"ret {type} {code.Let($"notail call {type} @\"{level.Prefix}{name}\"({arguments})")}");
    }

    /// <summary><c>i32 @chosen()</c>: one and the number of the level; 0 for none. Threads that ask at once find the same.</summary>
    private void Chosen()
    {
        if (!Asks) return;
        code.Raw(CpuCheck.Text);
        code.Raw("@level = internal global i32 -1");
        if (levels.Count > 1)
        {
            code.Raw("declare ptr @getenv(ptr)").Raw("declare i32 @strcmp(ptr, ptr)");
            code.Raw($"@variable = private unnamed_addr constant {AssemblyText.CString(Variable)}");
            foreach (var (i, level) in levels.Index()) code.Raw($"@name{i} = private unnamed_addr constant {AssemblyText.CString(level.Target.Cpu)}");
        }
        code.Raw("define internal i32 @chosen() nounwind noredzone {");
        var known = code.Let("load atomic i32, ptr @level monotonic, align 4");
        var (ask, told) = (code.NewLabel("ask"), code.NewLabel("told"));
        code.Line($"br i1 {code.Let($"icmp sge i32 {known}, 0")}, label %{told}, label %{ask}");
        code.Label(told);
        code.Line($"ret i32 {known}");
        code.Label(ask);
        var words = code.Reserve($"[{CpuCheck.Bytes} x i8]");
        code.Line($"call void @words(ptr {words})");
        var found = "0";
        foreach (var (i, level) in levels.Index()) found = code.Let($"select i1 {CpuCheck.Holds(code, words, level.Target)}, i32 {i + 1}, i32 {found}");
        if (levels.Count > 1)
        {
            var wish = code.Let("call ptr @getenv(ptr @variable)");
            var (compare, done) = (code.NewLabel("compare"), code.NewLabel("done"));
            var before = code.NewLabel("before");
            code.Line($"br label %{before}");
            code.Label(before);
            code.Line($"br i1 {code.Let($"icmp eq ptr {wish}, null")}, label %{done}, label %{compare}");
            code.Label(compare);
            var asked = found;
            foreach (var i in Enumerable.Range(0, levels.Count))
            {
                var same = code.Let($"icmp eq i32 {code.Let($"call i32 @strcmp(ptr {wish}, ptr @name{i})")}, 0");
                asked = code.Let($"select i1 {same}, i32 {code.Let($"call i32 @llvm.smin.i32(i32 {found}, i32 {i + 1})")}, i32 {asked}");
            }
            code.Line($"br label %{done}");
            code.Label(done);
            found = code.Let($"phi i32 [ {found}, %{before} ], [ {asked}, %{compare} ]");
        }
        code.Line($"store atomic i32 {found}, ptr @level monotonic, align 4").Line($"ret i32 {found}").Raw("}");
        if (levels.Count > 1) code.Raw("declare i32 @llvm.smin.i32(i32, i32)");
    }
}
