namespace Lathe.Passes;

/// <summary>What a trade between time and space is decided for.</summary>
public enum Objective
{
    /// <summary>Never slower: bytes may grow where that saves work, and a layer that compression would slow down stays as it is.</summary>
    Speed,
    /// <summary>Never larger: nothing is stored that a run can compute from less.</summary>
    Size,
}
