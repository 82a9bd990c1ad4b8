using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace Lathe.Build;

/// <summary>Decides for each item what its class and files are called, checks it, and says which of its files are out of date.</summary>
public sealed class PrepareModels : Task
{
    /// <summary>The items TensorModel.</summary>
    [Required]
    public ITaskItem[] Models { get; set; } = [];

    /// <summary>Where files go, a folder for each model.</summary>
    [Required]
    public string Folder { get; set; } = "";

    /// <summary>The project, where an item is wrong.</summary>
    [Required]
    public string Project { get; set; } = "";

    /// <summary>The compiler: a later one makes everything again.</summary>
    [Required]
    public string Compiler { get; set; } = "";

    /// <summary>The namespace of models that name none.</summary>
    public string RootNamespace { get; set; } = "";

    /// <summary>The runtime identifier that is built for; empty: this machine.</summary>
    public string RuntimeIdentifier { get; set; } = "";

    /// <summary>Whether the program is compiled ahead of time, so that models of Link="Static" are linked into it.</summary>
    public bool IsAheadOfTime { get; set; }

    /// <summary>Every model, with what later targets ask of it as metadata.</summary>
    [Output]
    public ITaskItem[] Prepared { get; private set; } = [];

    /// <summary>Those whose class is out of date.</summary>
    [Output]
    public ITaskItem[] StaleClasses { get; private set; } = [];

    /// <summary>Those whose native code is out of date.</summary>
    [Output]
    public ITaskItem[] StaleModels { get; private set; } = [];

    public override bool Execute()
    {
        var project = new ProjectText(Project);
        var platform = Platform.Of(RuntimeIdentifier);
        if (platform is null) Error(project, "", "LT7006", $"no compiled model can run on {RuntimeIdentifier}", "runtime identifiers that Lathe knows are those of Linux, Windows and macOS on x64 and arm64, and of Linux on riscv64");
        var names = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var models = new List<ModelItem>();
        foreach (var item in Models)
        {
            var model = new ModelItem(item, Folder, RootNamespace, Compiler, platform ?? Platform.Here, IsAheadOfTime);
            foreach (var (code, message, remedy) in model.Faults()) Error(project, item.ItemSpec, code, message, remedy);
            if (names.TryGetValue(model.Class, out var other)) Error(project, item.ItemSpec, "LT7003", $"{item.ItemSpec} and {other} both become the class {model.Class}", "give one of them ClassName=\"…\"");
            else names.Add(model.Class, item.ItemSpec);
            models.Add(model);
        }
        if (Log.HasLoggedErrors) return false;
        Prepared = models.Select(m => m.ToItem()).ToArray();
        StaleClasses = models.Where(m => m.IsClassStale()).Select(m => m.ToItem()).ToArray();
        StaleModels = models.Where(m => m.IsCodeStale()).Select(m => m.ToItem()).ToArray();
        return true;
    }

    private void Error(ProjectText project, string include, string code, string message, string remedy)
    {
        var (line, column) = project.Find(include);
        Log.LogError(null, code, null, Project, line, column, 0, 0, "{0}", $"{message} ({remedy})");
    }
}
