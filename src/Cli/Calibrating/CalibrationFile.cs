using Lathe.Codegen.Llvm;
using Lathe.Passes;

namespace Lathe.Cli;

/// <summary>A calibration on disk: <see cref="CalibrationText"/>.</summary>
internal static class CalibrationFile
{
    public static void Write(string path, Calibration calibration) => OutputFile.Write(path, CalibrationText.Print(calibration));

    /// <exception cref="DiagnosticException">It cannot be read, or is of another model.</exception>
    public static Calibration Read(string path, string model) => CalibrationText.Read(File.ReadAllText(path), Path.GetFileName(path), model);
}
