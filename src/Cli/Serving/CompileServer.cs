using System.IO.Pipes;

namespace Lathe.Cli;

/// <summary>
/// Runs commands of builds one after another in one process, so that only the first pays for starting it. A client sends the folder that it is in and the
/// words of a command; lines come back as they are written, then the exit code. src/Build/ServedCommand.cs is the other end.
/// </summary>
/// <param name="socket">Name of the pipe; on Unix a path. What decides between servers (which compiler, which environment) is in it.</param>
/// <param name="idle">How long it waits for work before it ends.</param>
internal sealed class CompileServer(string socket, TimeSpan idle)
{
    /// <summary>What a frame to the client is; a text follows the first two, a number the last.</summary>
    internal const byte Output = 1, Error = 2, Exit = 3;

    /// <summary>A process that has grown beyond this many bytes ends after its command: the next client starts another.</summary>
    private const long MostBytes = 3L << 30;

    /// <summary>Programs and relative paths follow the folder of the process, so commands do not run side by side; a compile uses all cores by itself.</summary>
    private readonly SemaphoreSlim turn = new(1);
    private int active;

    /// <returns>False where another serves at this name already.</returns>
    public async Task<bool> Run(CancellationToken cancellation)
    {
        using var only = Claim();
        if (only is null) return false;
        for (var pipe = Listen(); ;)
        {
            using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            waiting.CancelAfter(idle);
            try { await pipe.WaitForConnectionAsync(waiting.Token); }
            catch (OperationCanceledException) when (Volatile.Read(ref active) > 0 && !cancellation.IsCancellationRequested) { continue; }
            catch (OperationCanceledException)
            {
                await pipe.DisposeAsync();
                return true;
            }
            Interlocked.Increment(ref active);
            var connected = pipe;
            // The next listens before this one ends: on Unix the last to go takes the socket with it.
            pipe = Listen();
            _ = Task.Run(() => Serve(connected, cancellation), CancellationToken.None).ContinueWith(_ => Interlocked.Decrement(ref active), TaskScheduler.Default);
            if (Environment.WorkingSet <= MostBytes) continue;
            await pipe.DisposeAsync();
            while (Volatile.Read(ref active) > 0) await Task.Delay(50, CancellationToken.None);
            return true;
        }
    }

    private NamedPipeServerStream Listen() => new(socket, PipeDirection.InOut, NamedPipeServerStream.MaxAllowedServerInstances, PipeTransmissionMode.Byte, PipeOptions.Asynchronous | PipeOptions.CurrentUserOnly);

    private async Task Serve(NamedPipeServerStream pipe, CancellationToken cancellation)
    {
        await using var closing = pipe;
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        try
        {
            using var reader = new BinaryReader(pipe, System.Text.Encoding.UTF8, leaveOpen: true);
            using var writer = new BinaryWriter(pipe, System.Text.Encoding.UTF8, leaveOpen: true);
            var (folder, words) = (reader.ReadString(), new string[reader.ReadInt32()]);
            for (var i = 0; i < words.Length; i++) words[i] = reader.ReadString();
            // A client says nothing more: what comes is its end.
            var end = pipe.ReadAsync(new byte[1], gone.Token).AsTask();
            _ = end.ContinueWith(_ => gone.CancelAsync(), TaskScheduler.Default);
            await turn.WaitAsync(gone.Token);
            try
            {
                Environment.CurrentDirectory = folder;
                // What a plugin brings stays: the next command would have it too. The client does without a server.
                if (PluginLoader.IsAsked(words)) return;
                var session = new Session(new FrameWriter(writer, Output), new FrameWriter(writer, Error), cancellation: gone.Token) { Compiles = Codegen.Llvm.ObjectCache.OfUser() };
                var code = CommandLine.Run(words, session);
                lock (writer)
                {
                    writer.Write(Exit);
                    writer.Write((int)code);
                    writer.Flush();
                }
            }
            finally
            {
                Environment.CurrentDirectory = Path.GetTempPath(); // no folder of a build is held
                turn.Release();
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException) { } // the client has gone
    }

    /// <summary>One server for each name: it holds a file beside the socket as long as it runs. Null where another does.</summary>
    private FileStream? Claim()
    {
        var file = Path.IsPathRooted(socket) ? socket + ".lock" : Path.Combine(Path.GetTempPath(), socket + ".lock");
        try { return new(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose); }
        catch (IOException) { return null; }
    }
}
