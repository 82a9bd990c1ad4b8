using Lathe.Ir;

namespace Lathe.Codegen.Llvm;

/// <summary>A buffer as a function sees it.</summary>
/// <param name="Pointer">The register with its address.</param>
/// <param name="Buffer">How numbers lie; of a scratch inside vector loops with an axis for each of them behind its own.</param>
/// <param name="Lanes">Those loops.</param>
/// <param name="Fact">What is said of aliases at each access.</param>
internal sealed record Memory(string Pointer, Buffer Buffer, Seq<Axis> Lanes, string Fact)
{
    /// <summary>Numbers in a byte, where several share one.</summary>
    public int PerByte => Buffer.Space is not (Space.Registers or Space.Shared) && Buffer.Scalar.Bits < 8 ? 8 / Buffer.Scalar.Bits : 1;

    public string Type => LlvmTypes.InMemory(Buffer.Scalar);

    public int Alignment => Buffer.Space == Space.Registers ? Math.Min(ScratchLayout.Alignment, Spacing) : LlvmTypes.Alignment(Buffer.Scalar);

    /// <summary>Bytes from a number to the next; in registers sub-byte numbers take one each.</summary>
    private int Spacing => LlvmTypes.Alignment(Buffer.Scalar);
}

/// <summary>Where the lanes of an access lie.</summary>
/// <param name="Flat">Counted in numbers from the start of the buffer.</param>
/// <param name="Steps">How far a step along each vector loop goes; null where that is not one number.</param>
/// <param name="Form">How they lie to each other.</param>
internal readonly record struct Place(Linear Flat, long[]? Steps, PlaceForm Form);

internal enum PlaceForm : byte
{
    /// <summary>All at one place.</summary>
    Same,
    /// <summary>Side by side.</summary>
    Contiguous,
    /// <summary>A run side by side along the innermost vector loop, the same for each step of the others.</summary>
    Repeated,
    /// <summary>At known distances.</summary>
    Apart,
    /// <summary>Anywhere.</summary>
    Scattered,
}
