using Lathe.Ir;
using Lathe.Passes;

namespace Lathe.UnitTests.Passes.Checking;

/// <summary>A pass with a fault put into what it makes. It shows on every module that holds what the fault needs, so it shows on parts too.</summary>
/// <param name="Inner">The pass as it is.</param>
/// <param name="Spoil">From what went in and what came out to what comes out instead.</param>
internal sealed record FaultyPass(Pass Inner, Func<Module, Module, Module> Spoil) : Pass
{
    public override string Name => Inner.Name;
    public override Stage Stage => Inner.Stage;
    public override Module Run(Module module, Compilation compilation) => Inner.Run(module, compilation) is var made ? Spoil(module, made) : made;
}

/// <summary>One fault, seeded into one pass.</summary>
/// <param name="Pass">Where it sits.</param>
/// <param name="What">As a bug report would call it.</param>
/// <param name="Spoil">See <see cref="FaultyPass"/>.</param>
internal sealed record SeededFault(string Pass, string What, Func<Module, Module, Module> Spoil)
{
    public override string ToString() => $"{Pass}: {What}";

    /// <summary>The default passes, this fault in one of them.</summary>
    public Seq<Pass> Passes => [.. PassList.All().Select(p => p.Name == Pass ? new FaultyPass(p, Spoil) : p)];
}
