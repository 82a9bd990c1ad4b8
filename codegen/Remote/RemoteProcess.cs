using System.Buffers.Binary;
using System.Diagnostics;
using System.Text;

namespace Lathe.Codegen.Remote;

/// <summary>The process ended, or could not do what was asked; the message ends with what it printed.</summary>
public sealed class RemoteException(string message) : Exception(message);

/// <summary>
/// A process with memory, libraries and functions of another system, under an emulator for instance. Addresses are that process's. Serve.ll lists the
/// requests. Used by one thread at a time.
/// </summary>
public sealed class RemoteProcess : IDisposable
{
    private enum Request : long { End, Allocate, Free, Write, Read, Length, Open, Fault, Symbol, Call }

    private const int MostArguments = 6;
    private readonly Process process;
    private readonly Stream requests, answers;
    private readonly StringBuilder printed = new();
    private readonly string command;

    /// <param name="command">What to start, with its arguments.</param>
    /// <param name="variables">Of its environment.</param>
    /// <exception cref="RemoteException">It does not start.</exception>
    public RemoteProcess(IReadOnlyList<string> command, params IEnumerable<(string Name, string Value)> variables)
    {
        this.command = string.Join(' ', command);
        var start = new ProcessStartInfo(command[0], command.Skip(1)) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in variables) start.Environment[name] = value;
        try { process = Process.Start(start)!; }
        catch (System.ComponentModel.Win32Exception e) { throw new RemoteException($"'{this.command}' does not start: {e.Message}"); }
        process.ErrorDataReceived += (_, line) => { lock (printed) printed.AppendLine(line.Data); };
        process.BeginErrorReadLine();
        (requests, answers) = (process.StandardInput.BaseStream, process.StandardOutput.BaseStream);
        PointerBytes = (int)Word();
        if (PointerBytes is not (4 or 8)) throw Ended($"says that its pointers have {PointerBytes} bytes: it is not the program that was started");
    }

    /// <summary>Bytes of one of its pointers.</summary>
    public int PointerBytes { get; }

    /// <summary>Memory of its own, zeroed.</summary>
    public ulong Allocate(long bytes) => Asked(Request.Allocate, (ulong)Math.Max(1, bytes)) is var address && address != 0 ? address : throw Ended($"has no memory for {bytes} bytes");

    public void Free(ulong address) => Send(Request.Free, address);

    public void Write(ulong address, ReadOnlySpan<byte> bytes)
    {
        Send(Request.Write, address, (ulong)bytes.Length);
        Guarded(bytes, (stream, all) => stream.Write(all));
    }

    public void Read(ulong address, Span<byte> into)
    {
        Send(Request.Read, address, (ulong)into.Length);
        Fill(into);
    }

    /// <summary>The string at an address, up to its zero.</summary>
    public string Text(ulong address)
    {
        var bytes = new byte[Asked(Request.Length, address)];
        Read(address, bytes);
        return Encoding.UTF8.GetString(bytes);
    }

    /// <summary>Loads a shared library.</summary>
    /// <exception cref="RemoteException">Its loader refuses it.</exception>
    public ulong Open(string path) => Named(path, name => Asked(Request.Open, name)) is var library && library != 0 ? library
        : throw new RemoteException($"{Path.GetFileName(path)} cannot be loaded by '{command}': {Text(Asked(Request.Fault))}");

    /// <summary>The address of a symbol; 0 where the library has none.</summary>
    public ulong Symbol(ulong library, string symbol) => Named(symbol, name => Asked(Request.Symbol, library, name));

    /// <summary>Calls a function of up to six numbers and pointers; of a narrower result only the low bits mean anything.</summary>
    public ulong Call(ulong function, params ReadOnlySpan<ulong> arguments)
    {
        Span<ulong> all = stackalloc ulong[1 + MostArguments];
        all[0] = function;
        arguments.CopyTo(all[1..]);
        return Asked(Request.Call, all);
    }

    public void Dispose()
    {
        try
        {
            Send(Request.End);
            requests.Dispose();
        }
        catch (Exception e) when (e is RemoteException or IOException) { } // it has ended already
        if (!process.WaitForExit(TimeSpan.FromSeconds(2))) process.Kill();
        process.Dispose();
    }

    private T Named<T>(string name, Func<ulong, T> use)
    {
        var bytes = Encoding.UTF8.GetBytes(name + '\0');
        var address = Allocate(bytes.Length);
        Write(address, bytes);
        try { return use(address); }
        finally { Free(address); }
    }

    private ulong Asked(Request request, params ReadOnlySpan<ulong> arguments)
    {
        Send(request, arguments);
        return Word();
    }

    private void Send(Request request, params ReadOnlySpan<ulong> arguments)
    {
        Span<byte> words = stackalloc byte[8 * (2 + MostArguments)];
        words.Clear();
        BinaryPrimitives.WriteInt64LittleEndian(words, (long)request);
        foreach (var (i, argument) in arguments.ToArray().Index()) BinaryPrimitives.WriteUInt64LittleEndian(words[(8 * (1 + i))..], argument);
        Guarded(words, (stream, all) => stream.Write(all));
    }

    private void Guarded(ReadOnlySpan<byte> bytes, Writing write)
    {
        try
        {
            write(requests, bytes);
            requests.Flush();
        }
        catch (IOException) { throw Ended("has ended"); }
    }

    private delegate void Writing(Stream stream, ReadOnlySpan<byte> bytes);

    private ulong Word()
    {
        Span<byte> word = stackalloc byte[8];
        Fill(word);
        return BinaryPrimitives.ReadUInt64LittleEndian(word);
    }

    private void Fill(Span<byte> into)
    {
        if (answers.ReadAtLeast(into, into.Length, throwOnEndOfStream: false) < into.Length) throw Ended("has ended");
    }

    private RemoteException Ended(string what)
    {
        process.WaitForExit(TimeSpan.FromSeconds(2));
        string said;
        lock (printed) said = printed.ToString().Trim();
        return new($"'{command}' {what}{(process.HasExited ? $" with {process.ExitCode}" : "")}{(said == "" ? "" : $":\n{said}")}");
    }
}
