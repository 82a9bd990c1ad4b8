using System;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace Lathe.Build;

/// <summary>
/// Runs one command of the compiler. What it finds wrong becomes an error of the build, in the model or where the recipe says; a stamp is left where
/// all went well, whose time is when the command began, so that a file that changes meanwhile is newer.
/// </summary>
public sealed class RunLathe : ToolTask
{
    private DateTime began;
    private ServedCommand? served;
    private volatile bool cancelled;

    /// <summary>lathe.dll.</summary>
    [Required]
    public string Compiler { get; set; } = "";

    /// <summary>dotnet, which runs it.</summary>
    public string Host { get; set; } = "";

    /// <summary>The words of the command, a line each.</summary>
    [Required]
    public string Words { get; set; } = "";

    /// <summary>Where an error is that has no place in a text.</summary>
    [Required]
    public string Model { get; set; } = "";

    /// <summary>Whether a process that stays for the next model runs the command.</summary>
    public bool UseServer { get; set; }

    /// <summary>Seconds that it waits for the next.</summary>
    public int ServerIdle { get; set; } = 300;

    /// <summary>Texts that errors may be in, the recipe and others, whose places in errors are without a folder.</summary>
    public string[] Texts { get; set; } = [];

    /// <summary>The stamp.</summary>
    [Required]
    public string Stamp { get; set; } = "";

    /// <summary>What the command makes, which goes where it fails.</summary>
    public string[] Made { get; set; } = [];

    protected override string ToolName => RuntimeInformation.IsOSPlatform(OSPlatform.Windows) ? "dotnet.exe" : "dotnet";

    protected override MessageImportance StandardErrorLoggingImportance => MessageImportance.High;

    protected override string GenerateFullPathToTool() => Host != "" ? Host : ToolName;

    protected override string GenerateCommandLineCommands()
    {
        var line = new CommandLineBuilder();
        line.AppendFileNameIfNotNull(Compiler);
        foreach (var word in Words.Split('\n')) line.AppendTextUnquoted(" " + Quoted(word));
        line.AppendTextUnquoted(" --diagnostics=msbuild");
        return line.ToString();
    }

    /// <summary>By a server where one may be used and answers; else in a process of its own.</summary>
    protected override int ExecuteTool(string pathToTool, string responseFileCommands, string commandLineCommands)
    {
        if (UseServer)
        {
            served = ServedCommand.Of(pathToTool, Compiler, ServerIdle, out var why);
            var code = served?.Run([.. Words.Split('\n'), "--diagnostics=msbuild"], (line, isError) => LogEventsFromTextOutput(line, isError ? MessageImportance.High : MessageImportance.Low), out why);
            if (code is { } exit) return exit;
            if (cancelled) return -1;
            Log.LogMessage(MessageImportance.Normal, "{0}", $"lathe runs in a process of its own, no server does: {why}");
        }
        return base.ExecuteTool(pathToTool, responseFileCommands, commandLineCommands);
    }

    public override void Cancel()
    {
        cancelled = true;
        served?.Dispose();
        base.Cancel();
    }

    public override bool Execute()
    {
        began = DateTime.UtcNow;
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(Stamp))!);
        // A stamp of before must not outlive what it was for.
        File.Delete(Stamp);
        var done = base.Execute() && !Log.HasLoggedErrors;
        served?.Dispose();
        if (done)
        {
            File.WriteAllText(Stamp, Words);
            File.SetLastWriteTimeUtc(Stamp, began);
        }
        else foreach (var file in Made) if (File.Exists(file)) File.Delete(file);
        return done;
    }

    protected override void LogEventsFromTextOutput(string singleLine, MessageImportance messageImportance)
    {
        var isError = Split(singleLine, ": error ", out var place, out var code, out var message);
        if (!isError && !Split(singleLine, ": warning ", out place, out code, out message))
        {
            Log.LogMessage(messageImportance, "{0}", singleLine);
            return;
        }
        var (file, line, column) = Place(place);
        if (isError) Log.LogError(null, code, null, file, line, column, 0, 0, "{0}", message);
        else Log.LogWarning(null, code, null, file, line, column, 0, 0, "{0}", message);
    }

    protected override bool HandleTaskExecutionErrors()
    {
        if (!Log.HasLoggedErrors) Log.LogError(null, "LT7007", null, Model, 0, 0, 0, 0, "{0}", $"lathe ended with {ExitCode} and said nothing; its command: lathe {Words.Replace('\n', ' ')}");
        return false;
    }

    /// <summary>An origin without a place is the model; a recipe is named without its folder.</summary>
    private (string File, int Line, int Column) Place(string origin)
    {
        if (origin.LastIndexOf('(') is var at && at < 0 || !origin.EndsWith(")", StringComparison.Ordinal)) return (Model, 0, 0);
        var numbers = origin.Substring(at + 1, origin.Length - at - 2).Split(',');
        var file = origin.Substring(0, at);
        file = Texts.FirstOrDefault(text => Path.GetFileName(text) == file) ?? file;
        return numbers.Length == 2 && int.TryParse(numbers[0], out var line) && int.TryParse(numbers[1], out var column) ? (file, line, column) : (Model, 0, 0);
    }

    private static bool Split(string text, string kind, out string place, out string code, out string message)
    {
        (place, code, message) = ("", "", text);
        var at = text.IndexOf(kind, StringComparison.Ordinal);
        var colon = at < 0 ? -1 : text.IndexOf(": ", at + kind.Length, StringComparison.Ordinal);
        if (colon < 0) return false;
        place = text.Substring(0, at).Trim();
        code = text.Substring(at + kind.Length, colon - at - kind.Length);
        message = text.Substring(colon + 2);
        return code.Length > 0 && code.All(char.IsLetterOrDigit);
    }

    /// <summary>A word as a command line takes it: backslashes are doubled where a quotation mark follows.</summary>
    private static string Quoted(string word) =>
        word != "" && word.All(c => char.IsLetterOrDigit(c) || "._-/\\:=,+@%".IndexOf(c) >= 0) ? word : "\"" + Regex.Replace(Regex.Replace(word, @"(\\*)""", @"$1$1\"""), @"(\\+)$", "$1$1") + "\"";
}
