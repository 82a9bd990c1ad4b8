using Lathe.Codegen.Llvm;
using Lathe.Passes;

namespace Lathe.Cli;

/// <summary>A calibration on disk: <see cref="CalibrationText"/>.</summary>
internal static class CalibrationFile
{
    /// <summary>What a file of matrices is called after its text.</summary>
    private const string Matrices = ".gram";

    public static void Write(string path, Calibration calibration)
    {
        OutputFile.Write(path, CalibrationText.Print(calibration));
        if (calibration.Grams.Count == 0) return;
        using var stream = File.Create(path + Matrices);
        CalibrationText.Matrices(calibration, stream);
    }

    /// <exception cref="DiagnosticException">It cannot be read, or is of another model.</exception>
    public static Calibration Read(string path, string model)
    {
        using var stream = File.Exists(path + Matrices) ? File.OpenRead(path + Matrices) : null;
        return CalibrationText.Read(File.ReadAllText(path), Path.GetFileName(path), model, stream);
    }
}
