using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.IO.Pipes;
using System.Linq;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Threading;

namespace Lathe.Build;

/// <summary>
/// A command of the compiler, run by a process that stays for the next one (lathe serve; src/Cli/Serving/CompileServer.cs is the other end). A server is
/// for one compiler and one environment: both are in its name, so that another version never answers. It is started where none answers.
/// </summary>
internal sealed class ServedCommand : IDisposable
{
    private const byte Error = 2, Exit = 3;
    private const string Protocol = "lathe serve 1";

    /// <summary>PipeOptions.CurrentUserOnly, which .NET Standard does not name: the other end is this user's, or there is none.</summary>
    private const PipeOptions OwnOnly = (PipeOptions)0x20000000;

    /// <summary>Longest path of a socket: 108 bytes with its end, on Linux; 104 on macOS.</summary>
    private const int LongestSocket = 103;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly string host, compiler, socket;
    private readonly int idle;
    private NamedPipeClientStream? pipe;

    private ServedCommand(string host, string compiler, string socket, int idle) => (this.host, this.compiler, this.socket, this.idle) = (host, compiler, socket, idle);

    /// <summary>Null where there can be no server here, and why.</summary>
    public static ServedCommand? Of(string host, string compiler, int idle, out string why)
    {
        why = "";
        try
        {
            var name = Key(compiler);
            if (RuntimeInformation.IsOSPlatform(OSPlatform.Windows)) return new(host, compiler, $"lathe-{name}", idle);
            var folder = Folder();
            if (folder is null) why = "no folder of this user's is known for its socket";
            else if (Encoding.UTF8.GetByteCount(Path.Combine(folder, name)) > LongestSocket) why = $"the path of its socket in {folder} is too long";
            else return new(host, compiler, Path.Combine(folder, name), idle);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { why = e.Message; }
        return null;
    }

    /// <summary>Runs the command.</summary>
    /// <param name="line">Is told each line, and whether it is of standard error.</param>
    /// <returns>The exit code; null where no server answered, or it ended before the command did.</returns>
    public int? Run(IReadOnlyList<string> words, Action<string, bool> line, out string why)
    {
        why = "";
        try
        {
            pipe = Connect();
            var writer = new BinaryWriter(pipe, Encoding.UTF8);
            writer.Write(Directory.GetCurrentDirectory());
            writer.Write(words.Count);
            foreach (var word in words) writer.Write(word);
            writer.Flush();
            for (var reader = new BinaryReader(pipe, Encoding.UTF8); ;)
            {
                var kind = reader.ReadByte();
                if (kind == Exit) return reader.ReadInt32();
                line(reader.ReadString(), kind == Error);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or TimeoutException or ObjectDisposedException or ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            why = e.Message;
            return null;
        }
    }

    /// <summary>Ends the command, where one runs.</summary>
    public void Dispose() => pipe?.Dispose();

    private NamedPipeClientStream Connect()
    {
        if (RuntimeInformation.IsOSPlatform(OSPlatform.Windows) || File.Exists(socket))
        {
            try { return Connected(200); }
            catch (Exception e) when (e is TimeoutException or IOException) { } // one that was ended left it
        }
        Start();
        for (var watch = Stopwatch.StartNew(); ;)
        {
            try { return Connected(500); }
            catch (Exception e) when (e is TimeoutException or IOException && watch.Elapsed < Patience) { Thread.Sleep(10); }
        }
    }

    private NamedPipeClientStream Connected(int milliseconds)
    {
        var client = new NamedPipeClientStream(".", socket, PipeDirection.InOut, OwnOnly);
        try { client.Connect(milliseconds); }
        catch
        {
            client.Dispose();
            throw;
        }
        return client;
    }

    private void Start()
    {
        var start = new ProcessStartInfo(host, $"\"{compiler}\" serve --socket \"{socket}\" --idle {idle}")
        {
            UseShellExecute = false,
            CreateNoWindow = true,
            // Nothing of this process is held open by one that outlives it.
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        using var process = Process.Start(start);
        process?.StandardInput.Close();
    }

    /// <summary>A folder that only this user may write to.</summary>
    private static string? Folder()
    {
        var run = Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR");
        var home = Environment.GetEnvironmentVariable("HOME");
        var folder = !string.IsNullOrEmpty(run) && Directory.Exists(run) ? Path.Combine(run, "lathe") : !string.IsNullOrEmpty(home) && Directory.Exists(home) ? Path.Combine(home, ".cache", "lathe", "serve") : null;
        if (folder is not null) Directory.CreateDirectory(folder);
        return folder;
    }

    /// <summary>The compiler by its files, and what of the environment a command may ask.</summary>
    private static string Key(string compiler)
    {
        var text = new StringBuilder(Protocol).Append('\n').Append(compiler).Append('\n');
        foreach (var file in new DirectoryInfo(Path.GetDirectoryName(compiler)!).GetFiles("*.dll").OrderBy(f => f.Name, StringComparer.Ordinal)) text.Append(file.Name).Append(' ').Append(file.Length).Append(' ').Append(file.LastWriteTimeUtc.Ticks).Append('\n');
        var variables = Environment.GetEnvironmentVariables();
        foreach (var name in variables.Keys.Cast<string>().Where(IsAsked).OrderBy(n => n, StringComparer.Ordinal)) text.Append(name).Append('=').Append(variables[name]).Append('\n');
        using var hash = SHA256.Create();
        return string.Concat(hash.ComputeHash(Encoding.UTF8.GetBytes(text.ToString())).Take(12).Select(b => b.ToString("x2", System.Globalization.CultureInfo.InvariantCulture)));
    }

    private static bool IsAsked(string name) => name.StartsWith("LATHE_", StringComparison.Ordinal) || name.StartsWith("LLVM_", StringComparison.Ordinal) || name is "PATH" or "HOME" or "USERPROFILE" or "TMPDIR" or "TEMP" or "LD_LIBRARY_PATH" or "XDG_CACHE_HOME";
}
