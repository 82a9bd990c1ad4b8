// Pipelines: which passes run, with which options, on which steps. The grammar knows shapes of text, never vocabularies:
// passes, options and criteria are plain names that the reader looks up, so adding one never touches this file.
grammar Pipeline;

file       : 'pipeline' label '{' statements '}' EOF ;
line       : statements EOF ;                         // what --passes takes: the inside of the braces
statements : (statement (',' | ';')?)* ;
statement  : 'keep' on                                                     # keep
           | name ('(' (option (',' option)*)? ')')? on?                   # pass
           ;
option     : name '=' value ;
value      : STRING | NUMBER | name | '[' (value (',' value)*)? ']' ;      // "i4 group=64", 0.98, 2:4, gptq

// ---- where a pass acts -------------------------------------------------------------------------------
on         : 'on' selector ;
selector   : all ('or' all)* ;
all        : one ('and' one)* ;
one        : 'not' one                                                     # not
           | '(' selector ')'                                              # parens
           | name '(' (term (',' term)*)? ')'                              # criterion  // op(Conv), size(> 1MB)
           ;
term       : ('>' | '>=' | '<' | '<=')? value ;

label      : name | STRING ;
name       : NAME | 'pipeline' ;

NAME       : [A-Za-z_] [A-Za-z0-9_.]* ;
NUMBER     : '-'? [0-9] ([A-Za-z0-9_.:] | [eE] [+-] [0-9])* ;
STRING     : '"' ('\\' ~[\r\n] | ~["\\\r\n])* '"' ;
COMMENT    : '//' ~[\r\n]* -> skip ;
SPACE      : [ \t\r\n]+ -> skip ;
OTHER      : . ;
