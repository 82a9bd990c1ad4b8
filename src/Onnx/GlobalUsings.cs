global using System.Globalization;
global using Lathe.Ir;
global using Shape = Lathe.Ir.Seq<Lathe.Ir.Expr>;
