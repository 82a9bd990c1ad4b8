namespace Lathe.OnnxTests.Backend;

/// <summary>How the inputs of a case are given to the compiler.</summary>
public enum CaseForm
{
    /// <summary>As the case says: static shapes.</summary>
    Given,
    /// <summary>Every extent open, but for the lengths of vectors of whole numbers, which carry shapes.</summary>
    Open,
    /// <summary>Everything known when compiling.</summary>
    Constant,
    /// <summary>As the case says, run as kernels for a GPU on the processor.</summary>
    Gpu,
}
