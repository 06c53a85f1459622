import "./solcjs";
