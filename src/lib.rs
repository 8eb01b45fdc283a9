//! stub
pub mod data;
pub mod facts;
pub mod grade;
pub mod inventory;
pub mod limits;
pub mod source;
pub mod tables;
pub mod text;
pub mod yaml;
