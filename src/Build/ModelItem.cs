using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace Lathe.Build;

/// <summary>One TensorModel: its class, its files, the words of the two commands that make them, and whether these have to run.</summary>
internal sealed class ModelItem
{
    private static readonly string[] Links = ["Shared", "Static"];
    private readonly ITaskItem item;
    private readonly Platform platform;
    private readonly string folder, compiler;

    public ModelItem(ITaskItem item, string folder, string rootNamespace, string compiler, Platform platform, bool isAheadOfTime)
    {
        (this.item, this.platform, this.compiler) = (item, platform, compiler);
        Class = Text("ClassName") is { Length: > 0 } name ? name : ClassOf(item.GetMetadata("FullPath"));
        Namespace = Text("Namespace") is { Length: > 0 } own ? own : rootNamespace;
        this.folder = Path.Combine(folder, Class);
        IsLinked = isAheadOfTime && IsStatic;
    }

    public string Class { get; }
    public string Namespace { get; }
    private bool IsStatic => string.Equals(Text("Link"), "Static", StringComparison.OrdinalIgnoreCase);

    /// <summary>Most that the metric may be worse than without compression.</summary>
    private string Drop => Text("MaxAccuracyDrop");

    /// <summary>Whether the static library goes into the program.</summary>
    private bool IsLinked { get; }
    private string Model => item.GetMetadata("FullPath");
    private string ClassFile => Path.Combine(folder, Class + ".g.cs");
    private string Library => Path.Combine(folder, IsLinked ? platform.StaticFile(Class) : platform.SharedFile(Class));
    private string DependFile => Path.Combine(folder, Class + ".d");

    /// <summary>Written when a command has succeeded: its words, and by its time when it began.</summary>
    private string ClassStamp => Path.Combine(folder, Class + ".class.stamp");
    private string CodeStamp => Path.Combine(folder, Class + ".code.stamp");

    /// <summary>What is wrong with the item, each with a code and a remedy.</summary>
    public IEnumerable<(string Code, string Message, string Remedy)> Faults()
    {
        if (!File.Exists(Model) && !File.Exists(Path.Combine(Model, "model.onnx"))) yield return ("LT7001", $"there is no model {item.ItemSpec}", "Include names an .onnx file, from the project's folder");
        foreach (var name in new[] { "Recipe", "Calibrate", "Evaluate", "Sign" })
            if (Named(name) is { Length: > 0 } file && !File.Exists(file) && !Directory.Exists(file)) yield return ("LT7002", $"there is no {file}, which {name} of {item.ItemSpec} names", $"{name} names a file, from the project's folder");
        if (Text("Link") is { Length: > 0 } link && !Links.Contains(link, StringComparer.OrdinalIgnoreCase)) yield return ("LT7004", $"Link=\"{link}\" of {item.ItemSpec}", "Link is Shared or Static");
        if (Drop != "" && !(double.TryParse(Drop, NumberStyles.Float, CultureInfo.InvariantCulture, out var drop) && drop >= 0)) yield return ("LT7004", $"MaxAccuracyDrop=\"{Drop}\" of {item.ItemSpec}", "MaxAccuracyDrop is a number from 0 on, in the unit of the metric: 0.01 is one item in a hundred");
        if (Drop != "" && Text("Evaluate") == "") yield return ("LT7004", $"MaxAccuracyDrop of {item.ItemSpec} without Evaluate", "Evaluate names a file that says what accuracy is measured by: options of lathe eval, one a line");
        if (!IsIdentifier(Class)) yield return ("LT7004", $"\"{Class}\" of {item.ItemSpec} is no name of a class", "ClassName takes letters, digits and _");
    }

    public bool IsClassStale() => IsStale(ClassStamp, ClassCommand(), [ClassFile], [Model]);

    public bool IsCodeStale() => IsStale(CodeStamp, CodeCommand(), [Library], Inputs());

    public ITaskItem ToItem()
    {
        var result = new TaskItem(item) { ItemSpec = item.ItemSpec };
        void Set(string name, string value) => result.SetMetadata(name, Escaped(value));
        Set("LatheClass", Class);
        Set("LatheFolder", folder);
        Set("LatheClassFile", ClassFile);
        Set("LatheClassStamp", ClassStamp);
        Set("LatheClassCommand", ClassCommand());
        Set("LatheCodeStamp", CodeStamp);
        Set("LatheCodeCommand", CodeCommand());
        Set("LatheLibrary", Library);
        Set("LatheLibraryName", Path.GetFileName(Library));
        Set("LatheWeights", Path.Combine(folder, Class + ".weights"));
        Set("LatheSignature", Path.Combine(folder, Class + ".sig"));
        Set("LatheLinked", IsLinked ? "true" : "false");
        Set("LatheRid", platform.Rid);
        return result;
    }

    /// <summary>The files that a compile of the model leaves, and those it is watched by.</summary>
    private string[] Inputs() => [Model, .. Folder("Recipe"), .. Folder("Calibrate"), .. Folder("Evaluate"), .. Folder("Sign"), .. DependencyRule.Read(DependFile)];

    private bool IsStale(string stamp, string command, IEnumerable<string> made, IEnumerable<string> inputs)
    {
        if (!File.Exists(stamp) || made.Any(file => !File.Exists(file)) || File.ReadAllText(stamp) != command) return true;
        var time = File.GetLastWriteTimeUtc(stamp);
        return inputs.Append(compiler).Any(file => !File.Exists(file) && !Directory.Exists(file) || File.GetLastWriteTimeUtc(file) > time);
    }

    private string ClassCommand()
    {
        var words = new List<string> { "wrapper", Model, "-o", ClassFile, "--class", Class, "--namespace", Namespace, "--library", Class };
        if (IsStatic) words.Add("--linked");
        if (string.Equals(Text("Access"), "Internal", StringComparison.OrdinalIgnoreCase)) words.Add("--internal");
        foreach (var state in List("States")) words.AddRange(["--state", state]);
        Dimensions(words);
        return Lines(words);
    }

    private string CodeCommand()
    {
        var words = new List<string> { "compile", Model, "-o", folder, "--name", Class, "--emit", IsLinked ? "static,contract" : "shared,contract", "--quiet", "-MF", DependFile, "-MT", CodeStamp };
        var targets = string.Join(",", List("Targets"));
        if (targets == "" && !platform.IsHere) targets = platform.Baseline;
        if (targets != "") words.AddRange(["--cpu", targets]);
        if (!platform.IsHere) words.AddRange(["--triple", platform.Triple]);
        if (Named("Recipe") is { Length: > 0 } recipe) words.AddRange(["--pipeline", recipe]);
        if (Named("Calibrate") is { Length: > 0 } data) words.AddRange(["--calibrate", data]);
        if (Named("Evaluate") is { Length: > 0 } evaluation) words.AddRange(["--evaluate", evaluation]);
        if (Named("Sign") is { Length: > 0 } key) words.AddRange(["--sign", key]);
        if (Drop != "") words.AddRange(["--max-accuracy-drop", Drop]);
        Dimensions(words);
        // The value of an option may hold spaces and commas: --quantize i4 group=64, method=gptq.
        foreach (var option in Text("Options").Split(';').Select(part => part.Trim()).Where(part => part != "")) words.AddRange(option.Split([' '], 2, StringSplitOptions.RemoveEmptyEntries));
        return Lines(words);
    }

    private void Dimensions(List<string> words)
    {
        foreach (var dim in List("Dims")) words.AddRange(["--dim", dim]);
        foreach (var bound in List("Max")) words.AddRange(["--max", bound]);
    }

    private string Text(string name) => item.GetMetadata(name).Trim();

    /// <summary>The parts of a list, which semicolons or commas divide.</summary>
    private IEnumerable<string> List(string name) => Text(name).Split(';', ',').Select(part => part.Trim()).Where(part => part != "");

    /// <summary>A path from the project's folder, which is where MSBuild's tasks run.</summary>
    private string Named(string name) => Text(name) is { Length: > 0 } path ? Path.GetFullPath(path) : "";

    /// <summary>A file, or a folder with all that is in it.</summary>
    private IEnumerable<string> Folder(string name) => Named(name) is not { Length: > 0 } path ? [] : Directory.Exists(path) ? Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Append(path) : [path];

    private static string Lines(IEnumerable<string> words) => string.Join("\n", words);

    private static string Escaped(string value) => value.Replace("%", "%25").Replace(";", "%3b");

    private static bool IsIdentifier(string name) => name != "" && !char.IsDigit(name[0]) && name.All(c => c == '_' || c < 128 && char.IsLetterOrDigit(c));

    /// <summary>The class of a file: digits.onnx becomes Digits, opt_mnist/model.onnx becomes OptMnist.</summary>
    private static string ClassOf(string path)
    {
        var name = Path.GetFileNameWithoutExtension(path);
        if (name == "model") name = Path.GetFileName(Path.GetDirectoryName(path)) ?? name;
        var text = new StringBuilder();
        var begins = true;
        foreach (var c in name)
        {
            var isWord = c < 128 && char.IsLetterOrDigit(c);
            if (isWord) text.Append(begins ? char.ToUpperInvariant(c) : c);
            begins = !isWord;
        }
        return text.Length == 0 || char.IsDigit(text[0]) ? "Model" + text : text.ToString();
    }
}
