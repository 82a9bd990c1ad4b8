namespace Lathe.Cli.Verbs;

[Description("runs the commands of builds in one process, so that a second model costs little; Lathe.Build starts it")]
[Example("lathe serve --socket /run/user/1000/lathe/build --idle 60", "until nothing was asked of it for a minute")]
public sealed record Serve(
    [Option("where it listens: on Unix a path, in a folder that nobody else may write to, on Windows the name of a pipe", Value = "NAME")] string Socket,
    [Option("seconds without work after which it ends")] int Idle = 300) : Verb
{
    public override ExitCode Execute(Session session)
    {
        if (Idle < 1) throw new UsageException($"--idle {Idle}: it waits a second at least");
        if (!new CompileServer(Socket, TimeSpan.FromSeconds(Idle)).Run(session.Cancellation).GetAwaiter().GetResult())
            session.Report(new("LT0105", $"another serves at {Socket}", Severity: Severity.Note));
        return ExitCode.Done;
    }
}
