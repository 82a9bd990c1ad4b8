using System.Globalization;
using System.Text;
using Lathe.Codegen.Llvm;

namespace Lathe.Codegen.Package;

/// <summary>Writes LLVM assembly line by line: names of values, labels, early returns. For the glue of an artifact; kernels have an emitter of their own.</summary>
public sealed class AssemblyText
{
    private readonly StringBuilder text = new();
    private int names, entry;

    public AssemblyText Line(string line)
    {
        text.Append("  ").Append(line).Append('\n');
        return this;
    }

    /// <summary>A line at the margin: a definition, a closing brace, a global.</summary>
    public AssemblyText Raw(string line)
    {
        text.Append(line).Append('\n');
        if (line.StartsWith("define ", StringComparison.Ordinal)) entry = text.Length;
        return this;
    }

    /// <summary>Names the result of an operation.</summary>
    public string Let(string operation)
    {
        var name = $"%v{names++}";
        Line($"{name} = {operation}");
        return name;
    }

    /// <summary>A place on the stack for the time of the whole function. It stands where the function begins: anywhere else the stack would grow as the code runs.</summary>
    /// <param name="type">Of words of 64 bits.</param>
    public string Reserve(string type)
    {
        var (name, before) = ($"%v{names++}", text.Length);
        text.Insert(entry, $"  {name} = alloca {type}, align 8\n");
        entry += text.Length - before;
        return name;
    }

    public string NewLabel(string stem) => $"{stem}{names++}";

    public void Label(string label) => Raw($"{label}:");

    /// <summary>Goes on only where the condition is false, else returns a code.</summary>
    public void ReturnIf(string condition, long code, string type = "i32")
    {
        var (yes, no) = (NewLabel("fail"), NewLabel("ok"));
        Line($"br i1 {condition}, label %{yes}, label %{no}");
        Label(yes);
        Line($"ret {type} {code.ToString(CultureInfo.InvariantCulture)}");
        Label(no);
    }

    /// <summary>The field of a structure at a byte offset.</summary>
    public string Field(string pointer, long offset, string type) => Let($"load {type}, ptr {At(pointer, offset)}");

    /// <summary>A member of a structure of lathe.h, of one in an array.</summary>
    internal string Load(string pointer, AbiTypes.Member member, string type, int index = 0) => Let($"load {type}, ptr {Place(pointer, member, index)}");

    /// <summary>Its address.</summary>
    internal string Place(string pointer, AbiTypes.Member member, int index = 0) => Let(AbiTypes.Place(pointer, member, index));

    public string At(string pointer, long offset) => offset == 0 ? pointer : Let($"getelementptr inbounds i8, ptr {pointer}, i64 {offset.ToString(CultureInfo.InvariantCulture)}");

    /// <summary>A constant C string.</summary>
    public static string CString(string value)
    {
        var escaped = new StringBuilder();
        var bytes = Encoding.UTF8.GetBytes(value);
        foreach (var b in bytes) escaped.Append(b is >= 32 and < 127 and not (byte)'"' and not (byte)'\\' ? ((char)b).ToString() : $"\\{b:X2}");
        return $"[{bytes.Length + 1} x i8] c\"{escaped}\\00\"";
    }

    public override string ToString() => text.ToString();
}
