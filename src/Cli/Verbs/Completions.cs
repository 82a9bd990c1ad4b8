namespace Lathe.Cli.Verbs;

[Description("writes what a shell needs to complete verbs and options")]
[Example("source <(lathe completions bash)", "in ~/.bashrc; zsh: in a file _lathe on fpath; fish: in ~/.config/fish/completions/lathe.fish; pwsh: lathe completions pwsh | Out-String | Invoke-Expression")]
public sealed record Completions([Argument("SHELL", "bash, zsh, fish or pwsh")] string Shell) : Verb
{
    public override ExitCode Execute(Session session)
    {
        if (!Enum.GetNames<Shell>().Any(name => OptionText.Kebab(name) == Shell)) throw new UsageException($"no shell is called '{Shell}'", "bash, zsh, fish or pwsh");
        session.Output.Write(CompletionScript.Print(Enum.Parse<Shell>(Shell, ignoreCase: true)));
        return ExitCode.Done;
    }
}
